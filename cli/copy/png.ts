import * as fs from "node:fs/promises"
import { createRequire } from "node:module"
import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Results, Settings } from "../../runtime/index.ts"
import { attempt, type CopiedFile, refuseExisting, writeAtomically } from "./artifact.ts"

/** Pixels of the picture for each of the drawing. */
const zoom = 2

/**
 * Draws the SVG files of an output as PNG files, twice as large, on white. The letters are Arimo's,
 * which are as wide as those of Arial; characters that it lacks are the system's. Fails as
 * `copyOutput` does.
 */
export const copyAsPng = Effect.fnUntraced(function* (manifest: Manifest, output: string, folder: string) {
  const { open } = yield* Results
  const { assayRoot } = yield* Settings
  const drawings = (yield* open(manifest, output)).filter(({ name }) => isDrawing(name))
  const copies = drawings.map(({ name, path: from }) => ({ from, to: path.join(folder, name.replace(/\.svg$/i, ".png")) }))
  for (const { to } of copies) yield* refuseExisting(to)
  return yield* Effect.forEach(copies, ({ from, to }) =>
    Effect.gen(function* () {
      const picture = yield* attempt(to, async () => drawPng(await fs.readFile(from), assayRoot))
      yield* writeAtomically(to, (draft) => attempt(to, () => fs.writeFile(draft, picture)))
      return { path: to, bytes: picture.length } satisfies CopiedFile
    }),
  )
})

export const isDrawing = (name: string): boolean => /\.svg$/i.test(name)

const fonts = ["400Regular/Arimo_400Regular.ttf", "700Bold/Arimo_700Bold.ttf"]

const drawPng = async (svg: Buffer, assayRoot: string): Promise<Buffer> => {
  const { Resvg } = await import("@resvg/resvg-js")
  const { resolve } = createRequire(path.join(assayRoot, "package.json"))
  const drawing = new Resvg(svg, {
    fitTo: { mode: "zoom", value: zoom },
    background: "white",
    font: {
      loadSystemFonts: true,
      fontFiles: fonts.map((file) => resolve(`@expo-google-fonts/arimo/${file}`)),
      defaultFontFamily: "Arimo",
      sansSerifFamily: "Arimo",
    },
  })
  return drawing.render().asPng()
}
