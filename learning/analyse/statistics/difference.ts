import { StageError } from "../../../dsl/stage-error.ts"
import { type BootstrapOptions, type BySeed, bootstrap, type Interval } from "./bootstrap.ts"

/**
 * How much larger the mean of `first` is than that of `second`, paired: seed by seed and prompt by prompt, so that what
 * both share (an easy prompt, a good draw of data) cancels. Positive where `first` is ahead.
 * Fails with a StageError "Unpaired" where seeds or prompts differ in number, and as `bootstrap` does.
 */
export const pairedDifference = (first: BySeed, second: BySeed, options: BootstrapOptions): Interval => {
  if (first.length !== second.length) {
    throw new StageError("Unpaired", `${first.length} seeds cannot be paired with ${second.length}`, {
      first: first.length,
      second: second.length,
    })
  }
  const differences = first.map((row, seed) => {
    const other = second[seed] as ArrayLike<number>
    if (row.length !== other.length) {
      throw new StageError("Unpaired", `seed ${seed}: ${row.length} prompts cannot be paired with ${other.length}`, { seed })
    }
    return Float64Array.from(row, (value, prompt) => value - (other[prompt] as number))
  })
  return bootstrap(differences, options)
}
