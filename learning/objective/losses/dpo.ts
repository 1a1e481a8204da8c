import type { LossFunction } from "../loss.ts"
import type { dpo } from "../losses.ts"
import { logistic, scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof dpo> = (pairs, { beta }) => logistic(scaledMargin(pairs, beta))
