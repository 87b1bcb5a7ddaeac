// Keeps the file where code scanning would read it.
const fs = require("node:fs");
const path = require("node:path");

const folder = path.join(process.env.STANDIN_FOLDER, "code-scanning");
fs.mkdirSync(folder, { recursive: true });
fs.copyFileSync(process.env.INPUT_SARIF_FILE, path.join(folder, `${process.env.INPUT_CATEGORY}.sarif`));
