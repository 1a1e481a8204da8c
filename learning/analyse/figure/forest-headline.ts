import type { VerdictRow } from "../../../data/schema/index.ts"
import { verdictStyles } from "./verdict-style.ts"

/**
 * Says what became of claims: "4 of 6 primary claims are supported; 1 opposite, 1 inconclusive".
 */
export const forestHeadline = (claims: ReadonlyArray<Pick<VerdictRow, "verdict">>, family: string): string => {
  const countOf = (word: string) => claims.filter(({ verdict }) => verdict === word).length
  const noun = claims.length === 1 ? `${family} claim` : `${family} claims`
  const alone = [...verdictStyles.keys()].find((word) => countOf(word) === claims.length)
  if (alone !== undefined) return claims.length === 1 ? `The only ${noun} is ${alone}` : `All ${claims.length} ${noun} are ${alone}`
  const others = [...verdictStyles.keys()].flatMap((word) =>
    word === "supported" || countOf(word) === 0 ? [] : [`${countOf(word)} ${word}`],
  )
  const supported = countOf("supported")
  return `${supported} of ${claims.length} ${noun} ${supported === 1 ? "is" : "are"} supported; ${others.join(", ")}`
}
