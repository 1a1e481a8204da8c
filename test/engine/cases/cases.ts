import type fc from "fast-check"
import type { Case } from "../agreement.ts"

/** Random uses of kernels, by the kernel's name. */
export type Cases = Readonly<Record<string, fc.Arbitrary<Case>>>
