/**
 * The most threads of a session. Which matrix products would round differently on more threads
 * depends on this limit (see trace/kernels/gemm.ts), and the small models that this engine is for
 * gain nothing from more.
 */
export const mostThreads = 8
