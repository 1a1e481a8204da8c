import * as fs from "node:fs/promises"
import { createRequire } from "node:module"
import * as path from "node:path"
import { Effect } from "effect"
import { Queries, Results, type RunRecord, Settings } from "../../runtime/index.ts"
import { headlineOf } from "../../serve/report/headline.ts"
import { viewOf } from "../../serve/runs/view.ts"
import type { StageResult } from "../stage-result.ts"
import { attempt, type CopiedFile, refuseExisting, writeAtomically } from "./artifact.ts"

/** Pixels of the picture for each of the drawing. */
const zoom = 2

/**
 * Draws the SVG files of an output as PNG files, twice as large, on white, under a headline that
 * says what became of the claims about it. The letters are Arimo's, which are as wide as those of
 * Arial; characters that it lacks are the system's. Fails as `copyOutput` does.
 */
export const copyAsPng = Effect.fnUntraced(function* (record: RunRecord, { id, manifest }: StageResult, output: string, folder: string) {
  const { open } = yield* Results
  const { assayRoot } = yield* Settings
  const drawings = (yield* open(manifest, output)).filter(({ name }) => isDrawing(name))
  const copies = drawings.map(({ name, path: from }) => ({ from, to: path.join(folder, name.replace(/\.svg$/i, ".png")) }))
  for (const { to } of copies) yield* refuseExisting(to)
  const headline = yield* Effect.flatMap(viewOf(record), (view) => headlineOf(view, id)).pipe(Effect.provide(Queries.layer()))
  return yield* Effect.forEach(copies, ({ from, to }) =>
    Effect.gen(function* () {
      const picture = yield* attempt(to, async () => drawPng(withHeadline(await fs.readFile(from, "utf8"), headline), assayRoot))
      yield* writeAtomically(to, (draft) => attempt(to, () => fs.writeFile(draft, picture)))
      return { path: to, bytes: picture.length } satisfies CopiedFile
    }),
  )
})

export const isDrawing = (name: string): boolean => /\.svg$/i.test(name)

/** Pixels of the drawing, as those of its own title. */
const headlineSize = 14

/** The drawing under a line of text; as it is without one, or where it has no size. */
const withHeadline = (svg: string, headline: string | null): string => {
  const [, width = "", height = ""] = /^[^>]*?<svg\b[^>]*?\swidth="([\d.]+)"[^>]*?\sheight="([\d.]+)"/.exec(svg) ?? []
  if (headline === null || width === "") return svg
  const text = headline.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  const above = 2 * headlineSize
  const inner = svg.slice(svg.indexOf("<svg"))
  const line = `<text x="8" y="${1.4 * headlineSize}" font-family="sans-serif" font-weight="bold" font-size="${headlineSize}">${text}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Number(height) + above}">${line}<g transform="translate(0 ${above})">${inner}</g></svg>`
}

const fonts = ["400Regular/Arimo_400Regular.ttf", "700Bold/Arimo_700Bold.ttf"]

const drawPng = async (svg: string, assayRoot: string): Promise<Buffer> => {
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
