/** Which mark a pointer means. */

import { pixelOf, type Scale } from "../../chart/scale.ts"
import type { DrawnMark } from "./marks.ts"

/** Pixels from the pointer at most: half the size that a target needs at least. */
const reach = 16

/** The nearest mark within reach, strong ones before faint ones; null if none is. */
export const nearestMark = (
  drawn: ReadonlyArray<DrawnMark>,
  { x, y }: { readonly x: Scale; readonly y: Scale },
  pointer: { readonly x: number; readonly y: number },
): DrawnMark | null => {
  let nearest: DrawnMark | null = null
  let least = reach
  for (const candidate of drawn) {
    const distance = Math.hypot(pixelOf(x, candidate.mark.kl) - pointer.x, pixelOf(y, candidate.mark.winRate) - pointer.y)
    const felt = candidate.isFaint ? distance * 2 : distance
    if (felt < least) {
      nearest = candidate
      least = felt
    }
  }
  return nearest
}
