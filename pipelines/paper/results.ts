/** What a study reports: figures, verdicts and measures of its parts, put into one document by `report`. */

import { ownSamples } from "./e01-own-samples.ts"
import { onlineAndOffline } from "./f01-frontier.ts"
import { replay } from "./f03-replay.ts"
import { coverage } from "./f04-coverage.ts"
import { quality } from "./f05-quality.ts"
import { classification } from "./f06-classification.ts"
import { contrast } from "./f09-contrast.ts"
import { scale } from "./f10-scale.ts"
import { data } from "./f12-data.ts"
import { onPolicy } from "./f13-on-policy.ts"
import { lossFamily } from "./losses.ts"
import { noise } from "./noise.ts"
import { sanity } from "./sanity.ts"
import { semiOnline } from "./semi-online.ts"
import type { SetUp } from "./set-up.ts"

/** Figures 1, 4 and 9. */
export const core = (common: SetUp) => ({
  sanity: sanity(common),
  F1: onlineAndOffline(common),
  F4: coverage(common),
  F9: contrast(common),
})

/** Every figure that needs one size of policy. */
export const full = (common: SetUp) => ({
  sanity: sanity(common),
  F1: onlineAndOffline(common),
  F3: replay(common),
  F4: coverage(common),
  F5: quality(common),
  "F6-8": classification(common),
  E1: ownSamples(common),
  F9: contrast(common),
  F12: data(common),
  F13: onPolicy(common),
})

/** Other sizes, and what goes beyond the paper. */
export const beyond = (common: SetUp) => ({
  "F10-11 and 14": scale(common),
  "semi-online": semiOnline(common),
  losses: lossFamily(common),
  noise: noise(common),
})

type Parts = Readonly<Record<string, Readonly<Record<string, object>>>>

/** One of the things that parts have (`figures`, `verdicts`, `measures`), by their names, without those that have none. */
export const picked = (parts: Parts, what: string) =>
  Object.fromEntries(Object.entries(parts).flatMap(([name, part]) => (part[what] === undefined ? [] : [[name, part[what]]]))) as never
