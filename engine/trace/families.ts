import type { Kernel, Kernels } from "./kernel.ts"
import { binary } from "./kernels/binary.ts"
import { cumulative } from "./kernels/cumulative.ts"
import { einsums } from "./kernels/einsum.ts"
import { fused } from "./kernels/fused.ts"
import { indexing } from "./kernels/indexing.ts"
import { linear } from "./kernels/linear.ts"
import { logical } from "./kernels/logical.ts"
import { normalisations } from "./kernels/normalisation.ts"
import { reductions } from "./kernels/reduction.ts"
import { scatters } from "./kernels/scatter.ts"
import { shapes } from "./kernels/shape.ts"
import { unaries } from "./kernels/unary.ts"

/** All kernels that can be traced, by family. */
export const families = {
  "Arithmetic of two tensors": binary,
  "Functions of one tensor": unaries,
  "Comparison and selection": logical,
  Reductions: { ...reductions, ...cumulative },
  Normalisation: normalisations,
  "Matrix products": { ...linear, ...einsums },
  Shapes: shapes,
  Indices: { ...indexing, ...scatters },
  "Assay's own": fused,
} as const satisfies Record<string, Kernels>

export const kernels: Readonly<Record<string, Kernel>> = Object.assign({}, ...Object.values(families))
