/**
 * Bundles the command from its sources. A clone does this when its sources have changed, for
 * itself; a package does it once, before it is packed.
 */

import fs from "node:fs"
import { builtinModules, createRequire } from "node:module"
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
    plugins: [packages, namespaces(root)],
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

/**
 * Has our sources import each module of Effect's that they name by itself, instead of by the index
 * of all: esbuild puts what any part of the command takes from a module into every chunk that
 * reaches the index, which would be half as much again to load (1.7 MB instead of 1.1).
 */
const namespaces = (root) => ({
  name: "namespaces",
  setup: (build) => {
    const requireFrom = createRequire(path.join(root, "package.json"))
    const modulesOf = new Map()
    /** The modules that an index exports as namespaces, by name. */
    const namespacesOf = (specifier) => {
      if (!modulesOf.has(specifier)) {
        const index = fs.readFileSync(requireFrom.resolve(specifier), "utf8")
        modulesOf.set(specifier, new Set([...index.matchAll(/^export \* as (\w+) from "\.\/\1\.js"/gm)].map(([, name]) => name)))
      }
      return modulesOf.get(specifier)
    }
    build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const { code } = await build.esbuild.transform(await fs.promises.readFile(file, "utf8"), { loader: "ts", sourcefile: file })
      const contents = code.replace(/^import \{([^}]*)\} from "(effect(?:\/\w+)?)";$/gm, (_, names, specifier) => {
        const known = namespacesOf(specifier)
        const each = names.split(",").map((name) => name.trim().split(" as "))
        return each
          .map(([name, local = name]) =>
            known.has(name) ? `import * as ${local} from "${specifier}/${name}";` : `import { ${name} as ${local} } from "${specifier}";`,
          )
          .join(" ")
      })
      return { contents, loader: "js" }
    })
  },
})
