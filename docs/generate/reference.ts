/** Writes the reference pages and the API report from the sources. `npm run reference`. */

import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { generatedFiles } from "./pages.ts"
import { root } from "./source.ts"

for (const [name, text] of await generatedFiles()) {
  mkdirSync(dirname(resolve(root, name)), { recursive: true })
  writeFileSync(resolve(root, name), text)
  console.log(name)
}
