// Saves as actions/cache does: at the job's end, once for each key.
const fs = require("node:fs");
const path = require("node:path");

const kept = path.join(process.env.STANDIN_FOLDER, "cache", process.env.INPUT_KEY);
if (!fs.existsSync(kept) && fs.existsSync(process.env.INPUT_PATH)) {
  fs.cpSync(process.env.INPUT_PATH, `${kept}.part`, { recursive: true });
  fs.renameSync(`${kept}.part`, kept);
}
