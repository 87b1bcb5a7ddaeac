// Restores as actions/cache does: an exact key brings the folder back.
const fs = require("node:fs");
const path = require("node:path");

const kept = path.join(process.env.STANDIN_FOLDER, "cache", process.env.INPUT_KEY);
const isHit = fs.existsSync(kept);
if (isHit) fs.cpSync(kept, process.env.INPUT_PATH, { recursive: true });
fs.appendFileSync(process.env.GITHUB_OUTPUT, `cache-hit=${isHit}\n`);
console.log(`${isHit ? "restored" : "nothing kept"}: ${process.env.INPUT_KEY} in ${process.env.INPUT_PATH}`);
