import type { Loss } from "../../../learning/objective/loss.ts"
import { type PairLoss, pairLoss } from "../../../learning/objective/loss.ts"

/** A loss as a stage gets it: its module is loaded, and its parameters are bound. */
export const load = async ({ declaration, parameters }: Loss): Promise<PairLoss> => {
  const { run } = (await declaration.run()) as { readonly run: never }
  return pairLoss(declaration.name, run, parameters)
}
