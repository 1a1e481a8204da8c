import * as tf from "@tensorflow/tfjs"
import { families, kernels } from "./families.ts"
import type { Kernels } from "./kernel.ts"
import { refusals } from "./refusals.ts"

/** The text of engine/KERNELS.md. `npm run kernels` writes it. */

/** Where a program answers otherwise than eager TensorFlow.js, or what else there is to know. */
const notes: Readonly<Record<string, string>> = {
  Bincount: "numbers outside of 0 … size − 1 are not counted",
  Cast: "NaN and what int32 cannot hold become any int32",
  Cumsum: "axes may be negative",
  Cumprod: "ONNX has no such operator: log₂(length) products of shifted copies",
  DenseBincount: "numbers outside of 0 … size − 1 are not counted",
  Einsum: "of one or two tensors; no letter twice in one of them",
  FloorDiv: "int32 by 0 is 0",
  GatherNd: "indices at least one deep; negative ones count from the end",
  GatherV2: "any axis and batchDims; negative indices count from the end; the gradient is tfjs's, for at most one batch axis",
  Max: "NaN may be passed over",
  Min: "NaN may be passed over",
  MirrorPad: "the gradient is tfjs's, which leaves out what was mirrored",
  Mod: "int32 by 0 is 0",
  OneHot: "an index out of range is all off",
  Pow: "int32: the exponent must not be negative",
  RealDiv: "int32 by 0 is 0",
  ScatterNd: "repeated indices add up in their order, on any number of threads",
  SearchSorted: "compares with every element of the row",
  Softmax: "along the last axis, as tf.softmax has it",
  SparseToDense: "of repeated indices the last stays",
  TensorScatterUpdate: "of repeated indices the last stays",
  TopK: "equal values in the order of their indices",
  UnsortedSegmentSum: "segment ids out of range add nothing",
  _FusedMatMul: "activations linear, relu, relu6, elu, sigmoid, leakyrelu, prelu",
}

/** Kernels whose gradient belongs to the operation that calls them, not to the kernel. */
const ownGradients = new Set(["_FusedMatMul", "Gelu", "Linear", "LogProbabilities", "RmsNormalise", "Standardise"])

const row = (kernel: string): string => {
  const gradient = tf.getGradient(kernel) !== undefined || ownGradients.has(kernel) ? "yes" : ""
  return `| ${kernel} | ${gradient} | ${notes[kernel] ?? ""} |`
}

const section = ([title, family]: readonly [string, Kernels]): string =>
  [`## ${title}`, "", "| kernel | gradient | |", "|---|---|---|", ...Object.keys(family).sort().map(row), ""].join("\n")

export const kernelTable = (): string => {
  const missing = tf
    .getKernelsForBackend("cpu")
    .map(({ kernelName }) => kernelName)
    .filter((name) => kernels[name] === undefined)
    .sort()
  const reasons = missing.filter((name) => refusals[name] !== undefined).map((name) => `- ${name} ${refusals[name]}.`)
  return [
    "# What can be traced",
    "",
    "Written by `npm run kernels`; do not edit.",
    "",
    "Kernels of TensorFlow.js that a traced function may use; its operations (`tf.add`, `tf.losses.…`, `tf.train.…`) are made of them.",
    "Each is tested against eager TensorFlow.js on random shapes, axes and types, its gradient too if there is one; results are the",
    "same to the last bit on any number of threads. Tensors are float32, int32 or bool. Arithmetic on bool is refused: cast first.",
    "Floats below 2⁻¹²⁶ count as 0.",
    "",
    ...Object.entries(families).map(section),
    "## Refused",
    "",
    "These are refused by name, at the line that uses them. The eager engines (`ASSAY_ENGINE=cpu`, `wasm`, `tensorflow`) may have them.",
    "",
    `${missing.join(", ")}.`,
    "",
    ...reasons,
    "",
  ].join("\n")
}
