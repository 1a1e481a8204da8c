/**
 * Most threads of a session. Which matrix products would round by the number of threads depends on how many there can be
 * (see trace/kernels/gemm.ts), and the small models that this engine is for gain nothing from more.
 */
export const mostThreads = 8
