/** Where a browser is, if there is one. */

import * as fs from "node:fs"

const places = [
  process.env.ASSAY_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
]

export const chromium: string | null = places.find((place) => place !== undefined && fs.existsSync(place)) ?? null

if (chromium === null) console.log("not tested: the browser of results, because no chromium was found. Set ASSAY_CHROMIUM to one.")
