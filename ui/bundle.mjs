/**
 * Bundles the page that `assay ui` serves: scripts in chunks that are loaded when a view needs
 * them, one style sheet, and `index.html`; and `report.html`, the page of `assay report`, which is
 * one file. The names of the others contain a hash of their content, so a browser may keep them
 * forever.
 */

import { createHash } from "node:crypto"
import fs from "node:fs"
import path from "node:path"

/** Style sheets are joined in this order: later ones may override earlier ones. */
const styleOrder = ["style", "elements", "chart", "app", "views", "report"]

const shared = {
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  platform: "browser",
  target: "es2022",
  outdir: "ui",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
  tsconfigRaw: { compilerOptions: { jsx: "react-jsx" } },
  legalComments: "none",
  logLevel: "silent",
}

/** The files of the page, `index.html` among them, and the files they were made from. */
export const bundleClient = async (root) => {
  const esbuild = await import("esbuild")
  const build = (options) => esbuild.build({ ...shared, absWorkingDir: root, ...options })
  const [style, theme, worker, report] = await Promise.all([
    build({ stdin: { contents: styleSheets(root), resolveDir: path.join(root, "ui"), sourcefile: "style.css", loader: "css" } }),
    build({ entryPoints: { theme: "./ui/theme/before-paint.ts" }, format: "iife" }),
    build({ entryPoints: { layout: "./ui/views/graph/layout-worker.ts" }, format: "iife" }),
    build({ entryPoints: { report: "./ui/report/main.tsx" }, format: "iife" }),
  ])
  const main = await build({
    entryPoints: { main: "./ui/main.tsx" },
    format: "esm",
    splitting: true,
    define: { ...shared.define, LAYOUT_WORKER: JSON.stringify(`/${nameOf(worker.outputFiles[0])}`) },
  })
  const entry = Object.entries(main.metafile.outputs).find(([, output]) => output.entryPoint === "ui/main.tsx")
  const styleFile = style.outputFiles[0]
  const names = {
    "main.js": path.basename(entry[0]),
    "theme.js": nameOf(theme.outputFiles[0]),
    "style.css": nameOf(styleFile).replace("stdin", "style"),
  }
  const template = fs.readFileSync(path.join(root, "ui/index.html"), "utf8")
  const page = template.replaceAll(/\{\{(.*?)\}\}/g, (_, name) => names[name])
  const scripts = [...theme.outputFiles, ...worker.outputFiles, ...main.outputFiles]
  const outputs = [
    { name: "index.html", contents: Buffer.from(page) },
    { name: "report.html", contents: Buffer.from(reportPage(root, { style: styleFile.text, script: report.outputFiles[0].text })) },
    { name: names["style.css"], contents: styleFile.contents },
    ...scripts.map((file) => ({ name: nameOf(file), contents: file.contents })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
  // The sheet that imports the others exists only here.
  const inputs = new Set([style, theme, worker, report, main].flatMap(({ metafile }) => Object.keys(metafile.inputs)))
  inputs.delete("ui/style.css")
  return { outputs, inputs: ["ui/index.html", "ui/report/report.html", ...inputs] }
}

/** The page of reports, with room for data: it may run its own script, and load nothing. */
const reportPage = (root, { style, script }) => {
  // A text in the script that would end its element; JavaScript reads it as the same.
  const safe = script.replaceAll("</script", "<\\/script")
  const hash = createHash("sha256").update(safe).digest("base64")
  const parts = {
    "style.css": style,
    "script.js": safe,
    policy: `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`,
  }
  return fs
    .readFileSync(path.join(root, "ui/report/report.html"), "utf8")
    .replaceAll(/\{\{(style\.css|script\.js|policy)\}\}/g, (_, name) => parts[name])
}

const nameOf = (file) => path.basename(file.path)

const styleSheets = (root) =>
  styleOrder
    .flatMap((folder) =>
      fs
        .readdirSync(path.join(root, "ui", folder), { recursive: true })
        .filter((file) => file.endsWith(".css"))
        .sort()
        .map((file) => `@import "./${folder}/${file.split(path.sep).join("/")}";`),
    )
    .join("\n")
