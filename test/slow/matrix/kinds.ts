import * as fs from "node:fs"
import * as path from "node:path"
import type { World } from "./world.ts"

/**
 * A kind of fault: what `own(n)` of `helper.ts` computes at first, and edits that may change it.
 * `draw(k)` is a number below k. Whatever an edit does, a run that knows the old results has to
 * come to what a run from nothing comes to.
 */
export interface Kind {
  readonly name: string
  readonly begin: (world: World) => void
  readonly edits: ReadonlyArray<(world: World, draw: (below: number) => number) => void>
  /** The fault shows only in files that have been at rest for two seconds. */
  readonly settles?: boolean
}

const helper = (expression: string, before = ""): string => `${before}\nexport const own = async (n) => ${expression}\n`

const digit = (draw: (below: number) => number): string => String(draw(10))

/** Sets a variable of the command's own environment for what follows. */
const setVariable = (name: string, value: string): void => {
  process.env[name] = value
}

export const kinds: ReadonlyArray<Kind> = [
  {
    name: "a constant",
    begin: ({ write }) => write("helper.ts", helper("7 + n")),
    edits: [
      ({ write }, draw) => write("helper.ts", helper(`${digit(draw)} + n`)),
      ({ write }, draw) => write("helper.ts", `// ${digit(draw)}\n${helper("7 + n")}`),
    ],
  },
  {
    name: "state of a module",
    begin: ({ write }) => {
      write("state.ts", "let state = 42\nexport const next = () => (state = (state * 48271) % 2147483647)\n")
      write("helper.ts", helper("next() + next() + n", 'import { next } from "./state.ts"'))
    },
    edits: [
      ({ write }, draw) =>
        write("state.ts", `let state = ${draw(100)}\nexport const next = () => (state = (state * 48271) % 2147483647)\n`),
      ({ write }, draw) => write("note.ts", digit(draw)),
    ],
  },
  {
    name: "state of a package",
    begin: ({ write, packageOf }) => {
      packageOf("node_modules/counter", {}, { "index.js": "let state = 1\nexports.next = () => ++state\n" })
      write("helper.ts", helper("next() + n", 'import { next } from "counter"'))
    },
    edits: [
      ({ packageOf }, draw) =>
        packageOf("node_modules/counter", {}, { "index.js": `let state = ${draw(50)}\nexports.next = () => ++state\n` }),
    ],
  },
  {
    name: "state of the process",
    begin: ({ write }) => write("helper.ts", helper("(Array.leak = (Array.leak ?? 0) + 1) + n")),
    edits: [({ write }, draw) => write("helper.ts", helper(`(Array.leak = (Array.leak ?? ${draw(9)}) + 1) + n`))],
  },
  {
    name: "a link to a module",
    begin: ({ write, link }) => {
      for (const n of [0, 1, 2]) write(`versions/${n}.ts`, `export const value = ${n}\n`)
      link("value.ts", "versions/0.ts")
      write("helper.ts", helper("value + n", 'import { value } from "./value.ts"'))
    },
    edits: [({ link }, draw) => link("value.ts", `versions/${draw(3)}.ts`)],
  },
  {
    name: "a link to a folder",
    begin: ({ write, link }) => {
      for (const n of [0, 1, 2]) write(`versions/${n}/value.ts`, `export const value = ${n}\n`)
      link("library", "versions/0")
      write("helper.ts", helper("value + n", 'import { value } from "./library/value.ts"'))
    },
    edits: [({ link }, draw) => link("library", `versions/${draw(3)}`)],
  },
  {
    name: "npm link",
    begin: ({ write, link, packageOf }) => {
      for (const n of [0, 1, 2]) packageOf(`linked/${n}/lib`, {}, { "index.js": `exports.value = ${n}\n` })
      link("node_modules/lib", "../linked/0/lib")
      write("helper.ts", helper("value + n", 'import { value } from "lib"'))
    },
    edits: [
      ({ link }, draw) => link("node_modules/lib", `../linked/${draw(3)}/lib`),
      ({ packageOf }, draw) => packageOf("linked/1/lib", {}, { "index.js": `exports.value = ${10 + draw(9)}\n` }),
    ],
  },
  {
    name: "a package whose main moves",
    begin: ({ write, packageOf }) => {
      packageOf("node_modules/lib", {}, { "index.js": "exports.value = 1\n", "dist.js": "exports.value = 2\n" })
      write("helper.ts", helper("value + n", 'import { value } from "lib"'))
    },
    edits: [
      ({ packageOf }) => packageOf("node_modules/lib", { version: "2.0.0", main: "dist.js" }, {}),
      ({ packageOf }) => packageOf("node_modules/lib", { version: "1.0.0", main: "index.js" }, {}),
      ({ packageOf }) => packageOf("node_modules/lib", { version: "3.0.0", exports: "./dist.js" }, {}),
    ],
  },
  {
    name: "a package edited in place",
    settles: true,
    begin: ({ write, packageOf }) => {
      packageOf("node_modules/lib", {}, { "index.js": "exports.value = 1\n" })
      write("helper.ts", helper("value + n", 'import { value } from "lib"'))
    },
    edits: [({ forge }, draw) => forge("node_modules/lib/index.js", `exports.value = ${digit(draw)}\n`)],
  },
  {
    name: "data that a package reads",
    begin: ({ write, packageOf }) => {
      packageOf(
        "node_modules/lib",
        {},
        {
          "index.js": 'exports.value = () => require("node:fs").readFileSync(__dirname + "/words.txt", "utf8")\n',
          "words.txt": "a word",
        },
      )
      write("helper.ts", helper("value() + n", 'import { value } from "lib"'))
    },
    edits: [({ write }, draw) => write("node_modules/lib/words.txt", `word ${digit(draw)}`)],
  },
  {
    name: "a package that another needs",
    begin: ({ write, packageOf }) => {
      packageOf("node_modules/base", {}, { "index.js": "module.exports = 1\n" })
      packageOf("node_modules/lib", { dependencies: { base: "1" } }, { "index.js": 'exports.value = require("base")\n' })
      write("helper.ts", helper("value + n", 'import { value } from "lib"'))
    },
    edits: [
      ({ packageOf }, draw) => packageOf("node_modules/base", {}, { "index.js": `module.exports = ${draw(9)}\n` }),
      ({ packageOf }, draw) => packageOf("node_modules/lib/node_modules/base", {}, { "index.js": `module.exports = ${10 + draw(9)}\n` }),
      ({ remove }) => remove("node_modules/lib/node_modules"),
    ],
  },
  {
    name: "a file that goes before another",
    begin: ({ write }) => {
      write("value.js", "export const value = 1\n")
      write("helper.ts", helper("value + n", 'import { value } from "./value"'))
    },
    edits: [
      ({ write }, draw) => write("value.ts", `export const value = ${digit(draw)}\n`),
      ({ remove }) => remove("value.ts"),
      ({ write }, draw) => write("value/index.ts", `export const value = ${10 + draw(9)}\n`),
    ],
  },
  {
    name: "imports of package.json",
    begin: ({ write }) => {
      for (const n of [0, 1, 2]) write(`versions/${n}.ts`, `export const value = ${n}\n`)
      write("package.json", JSON.stringify({ imports: { "#value": "./versions/0.ts" } }))
      write("helper.ts", helper("value + n", 'import { value } from "#value"'))
    },
    edits: [({ write }, draw) => write("package.json", JSON.stringify({ imports: { "#value": `./versions/${draw(3)}.ts` } }))],
  },
  {
    name: "a nearer package",
    begin: ({ write, packageOf }) => {
      packageOf("node_modules/lib", {}, { "index.js": "exports.value = 1\n" })
      write("inner/value.ts", 'export { value } from "lib"\n')
      write("helper.ts", helper("value + n", 'import { value } from "./inner/value.ts"'))
    },
    edits: [
      ({ packageOf }, draw) => packageOf("inner/node_modules/lib", {}, { "index.js": `exports.value = ${10 + draw(9)}\n` }),
      ({ remove }) => remove("inner/node_modules"),
    ],
  },
  {
    name: "names of functions",
    begin: ({ write }) =>
      write("helper.ts", helper("[helper0, Model0].map((each) => each.name).join() + n", "const helper0 = () => 1\nclass Model0 {}")),
    edits: [
      ({ write }, draw) => {
        const n = draw(5)
        write(
          "helper.ts",
          helper(`[helper${n}, Model${n}].map((each) => each.name).join() + n`, `const helper${n} = () => 1\nclass Model${n} {}`),
        )
      },
      ({ write }, draw) => {
        const n = draw(5)
        write("helper.ts", helper(`new Model${n}().constructor.name + n`, `class Model${n} {}`))
      },
    ],
  },
  {
    name: "text of functions",
    begin: ({ write }) => write("helper.ts", helper("plus.toString() + n", "const plus = (left) => left + 1")),
    edits: [
      ({ write }, draw) => {
        const local = `value${draw(5)}`
        write("helper.ts", helper("plus.toString() + n", `const plus = (${local}) => ${local} + 1`))
      },
      ({ write }, draw) => {
        const local = `value${draw(5)}`
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a template
        write("helper.ts", helper("`${plus}` + n", `const plus = (${local}) => ${local} + 1`))
      },
    ],
  },
  {
    name: "the environment",
    begin: ({ write, packageOf }) => {
      packageOf(
        "node_modules/lib",
        {},
        {
          "index.js": "exports.value = () => [process.env.ASSAY_MATRIX, new Date(0).getHours(), (1234.5).toLocaleString()].join()\n",
        },
      )
      write("helper.ts", helper("value() + n", 'import { value } from "lib"'))
    },
    edits: [
      (_, draw) => setVariable("ASSAY_MATRIX", digit(draw)),
      (_, draw) => setVariable("TZ", ["UTC", "Asia/Tokyo", "America/Caracas"][draw(3)] as string),
      (_, draw) => setVariable("LANG", ["C", "de_DE.UTF-8", "en_US.UTF-8"][draw(3)] as string),
    ],
  },
  {
    name: "time and chance in a package",
    begin: ({ write, packageOf }) => {
      packageOf(
        "node_modules/lib",
        {},
        {
          "index.js": 'exports.value = () => [Math.random(), Date.now(), require("node:crypto").randomUUID(), process.hrtime()].join()\n',
        },
      )
      write("helper.ts", helper("value() + n", 'import { value } from "lib"'))
    },
    edits: [
      ({ write }, draw) => write("note.ts", digit(draw)),
      ({ write }, draw) => write("helper.ts", helper(`value() + ${digit(draw)} + n`, 'import { value } from "lib"')),
    ],
  },
  {
    name: "a file behind a package's back",
    begin: ({ write, packageOf }) => {
      write("secret.txt", "1")
      packageOf("node_modules/lib", {}, { "index.js": 'exports.value = (file) => require("node:fs").readFileSync(file, "utf8")\n' })
      write("helper.ts", helper('value("SECRET") + n', 'import { value } from "lib"'))
    },
    edits: [({ write }, draw) => write("secret.txt", digit(draw))],
  },
  {
    name: "a JSON module",
    begin: ({ write }) => {
      write("value.json", '{ "value": 1, "other": 1 }')
      write("helper.ts", helper("json.value + n", 'import json from "./value.json"'))
    },
    edits: [({ write }, draw) => write("value.json", `{ "value": ${draw(4)}, "other": ${draw(4)} }`)],
  },
  {
    name: "a file called as the compiler's own",
    begin: ({ write }) => {
      write("entry.js", "export const value = 1\n")
      write("a:b.ts", "export const more = 1\n")
      write("helper.ts", helper("value + more + n", 'import { value } from "./entry.js"\nimport { more } from "./a:b.ts"'))
    },
    edits: [
      ({ write }, draw) => write("entry.js", `export const value = ${digit(draw)}\n`),
      ({ write }, draw) => write("a:b.ts", `export const more = ${digit(draw)}\n`),
    ],
  },
  {
    name: "a bundle that was written to",
    begin: ({ write }) => write("helper.ts", helper("7 + n")),
    edits: [
      (_, draw) => {
        const cache = process.env.ASSAY_MATRIX_CACHE ?? ""
        for (const name of fs.readdirSync(cache).filter((each) => each.endsWith(".mjs"))) {
          const file = path.join(cache, name)
          const text = fs.readFileSync(file, "utf8")
          if (text.includes("7 + n")) fs.writeFileSync(file, text.replace("7 + n", `${digit(draw)} + n`))
        }
      },
      ({ write }, draw) => write("note.ts", digit(draw)),
    ],
  },
  {
    name: "writes that are not awaited",
    begin: ({ write }) => write("helper.ts", helper("7 + n")),
    edits: [
      ({ write }, draw) =>
        write(
          "helper.ts",
          helper(`(setTimeout(() => void outputs.out.write("late.txt", "${digit(draw)}"), 30), 7 + n)`).replace("(n)", "(n, outputs)"),
        ),
      ({ write }, draw) => write("helper.ts", helper(`${digit(draw)} + n`)),
    ],
  },
]
