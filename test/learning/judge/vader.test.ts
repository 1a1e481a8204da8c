import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"
import fc from "fast-check"
import { expect, test } from "vitest"
import { score } from "../../../learning/judge/scorers/vader-score.ts"

/** The demonstration in VADER's README, with the compound scores printed there. */
const published: ReadonlyArray<readonly [string, number]> = [
  ["VADER is smart, handsome, and funny.", 0.8316],
  ["VADER is smart, handsome, and funny!", 0.8439],
  ["VADER is very smart, handsome, and funny.", 0.8545],
  ["VADER is VERY SMART, handsome, and FUNNY.", 0.9227],
  ["VADER is VERY SMART, handsome, and FUNNY!!!", 0.9342],
  ["VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", 0.9469],
  ["VADER is not smart, handsome, nor funny.", -0.7424],
  ["The book was good.", 0.4404],
  ["At least it isn't a horrible book.", 0.431],
  ["The plot was good, but the characters are uncompelling and the dialog is not great.", -0.7042],
  ["Today SUX!", -0.5461],
  ["Today only kinda sux! But I'll get by, lol", 0.2228],
  ["Make sure you :) or :D today!", 0.8633],
]

test.each(published)("%s", (text, compound) => {
  expect(score(text)).toBe(compound)
})

test("a text without rated words scores exactly 0", () => {
  expect(score("")).toBe(0)
  expect(score("the table stands on the floor")).toBe(0)
})

test("the score of a text does not depend on the texts before it", () => {
  const texts = published.map(([text]) => text)
  const alone = new Map(published)
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...texts), fc.string({ unit: "binary" })), { maxLength: 30 }), (sequence) => {
      for (const text of sequence) {
        const value = score(text)
        expect(value).toBeGreaterThanOrEqual(-1)
        expect(value).toBeLessThanOrEqual(1)
        expect(value).toBe(alone.get(text) ?? value)
      }
    }),
  )
})

test("the package loads from a bundle that names it by absolute file URL", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vader-"))
  try {
    const outfile = join(folder, "bundle.mjs")
    await build({
      stdin: {
        contents: `import { score } from "./learning/judge/scorers/vader-score.ts"; console.log(score("The book was good."))`,
        resolveDir: resolve(import.meta.dirname, "../../.."),
      },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      plugins: [
        {
          name: "absolute-externals",
          setup: ({ onResolve }) => {
            onResolve({ filter: /^vader-sentiment$/ }, ({ path }) => ({
              path: pathToFileURL(resolve(import.meta.dirname, `../../../node_modules/${path}/build/vaderSentiment.bundle.js`)).href,
              external: true,
            }))
          },
        },
      ],
    })
    expect(spawnSync(process.execPath, [outfile], { encoding: "utf8" })).toMatchObject({ stdout: "0.4404\n", stderr: "", status: 0 })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
