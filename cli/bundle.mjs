/**
 * Bundles the command from its sources. A clone does this when its sources have changed, for
 * itself; a package does it once, before it is packed.
 */

import { builtinModules } from "node:module"
import path from "node:path"

/**
 * Bundled because they are many small modules. All other packages are native or large, and are
 * imported where they lie.
 */
const bundled = /^(effect|ts-pattern|ws|aws4fetch|@effect\/(platform-node(-shared)?|sql-pg))(\/|$)/

/** What `ws` uses if a project happens to have it: a package has to start without. */
const optional = /^(bufferutil|utf-8-validate)$/

/**
 * The files of the bundle, `main.js` among them, what they were made from, and what they import
 * that is not in them. `addressOf` says by what name the bundle imports a package; without it, by
 * the name that the sources use.
 */
export const bundle = async (root, addressOf = (specifier) => specifier) => {
  const esbuild = await import("esbuild")
  const packages = {
    name: "packages",
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, ({ path: specifier, kind }) => {
        if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return { path: specifier, external: true }
        if (optional.test(specifier)) return { path: specifier, external: true }
        if (bundled.test(specifier) || kind === "entry-point") return undefined
        return { path: addressOf(specifier, kind), external: true }
      })
    },
  }
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { main: "./cli/main.ts" },
    outdir: "bundle",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // What is bundled may be CommonJS and call require.
    banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    tsconfigRaw: {},
    plugins: [packages],
    write: false,
    metafile: true,
    logLevel: "silent",
  })
  const outputs = outputFiles
    .map(({ path: file, contents }) => ({ name: path.basename(file), contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const imports = Object.values(metafile.outputs).flatMap((output) =>
    output.imports.filter(({ external }) => external).map(({ path }) => path),
  )
  return { outputs, inputs: Object.keys(metafile.inputs), imports: imports.filter((specifier) => !optional.test(specifier)) }
}
