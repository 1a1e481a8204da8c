/**
 * Makes the package that users install: `npm run package [folder]`. Builds it, has npm pack what `files` in package.json names, and
 * adds the versions of all packages below, as package-lock.json has them: they are part of the identity of stages, so an
 * installed Assay must not get others than its clone. Prints the path of the tarball.
 */

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"

const root = path.dirname(import.meta.dirname)
const target = path.resolve(process.argv[2] ?? root)

const npm = (folder, ...options) =>
  JSON.parse(execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, ...options], { cwd: root }))

/** The lock of an installed Assay: no development packages, and no install scripts, which Assay needs none of. */
const shrinkwrap = () => {
  const { name, version, lockfileVersion, packages } = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8"))
  const { devDependencies: _, ...own } = packages[""]
  const others = Object.entries(packages).filter(([place, { dev, devOptional, peer }]) => place !== "" && !dev && !devOptional && !peer)
  const withoutScripts = others.map(([place, { hasInstallScript: _, ...facts }]) => [place, facts])
  return { name, version, lockfileVersion, requires: true, packages: { "": own, ...Object.fromEntries(withoutScripts) } }
}

await import("./build.mjs")
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "assay-package-"))
try {
  const packed = Object.values(npm(scratch))[0]
  execFileSync("tar", ["-xzf", path.join(scratch, packed.filename), "-C", scratch])
  const folder = path.join(scratch, "package")
  const {
    devDependencies: _,
    overrides: __,
    scripts: ___,
    ...manifest
  } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"))
  fs.writeFileSync(
    path.join(folder, "package.json"),
    `${JSON.stringify({ ...manifest, files: [...manifest.files, "npm-shrinkwrap.json"] }, null, 2)}\n`,
  )
  fs.writeFileSync(path.join(folder, "npm-shrinkwrap.json"), `${JSON.stringify(shrinkwrap(), null, 2)}\n`)
  const whole = Object.values(npm(target, folder))[0]
  process.stdout.write(`${path.join(target, whole.filename)}\n`)
} finally {
  fs.rmSync(scratch, { recursive: true, force: true })
}
