/** Why some TensorFlow.js kernels cannot be traced, and what to use instead. */
export const refusals: Readonly<Record<string, string>> = {
  Multinomial: "draws random numbers of its own; search uniforms, given as an input, in the running sum of the probabilities",
  Unique: "has a shape that depends on values, and shapes are fixed when a program is compiled",
}

export const refusalOf = (kernel: string): string =>
  refusals[kernel] ?? "has no traced kernel; use those of engine/KERNELS.md, or an eager engine"
