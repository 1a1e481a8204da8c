/** Fast tensor programs: a TensorFlow.js function, traced once and run by ONNX Runtime, or run eagerly. */

export { compile } from "./compile.ts"
export { EngineError, TraceError } from "./error.ts"
export { byRows } from "./fused/by-rows.ts"
export { type AttentionCache, cachedAttention } from "./fused/cached-attention.ts"
export { gelu } from "./fused/gelu.ts"
export { layerNorm, layerNormLinear } from "./fused/layer-norm.ts"
export { linear } from "./fused/linear.ts"
export { takeRows } from "./fused/take-rows.ts"
export { tokenLogProbability } from "./fused/token-log-probability.ts"
export { type MakeOptimizer, type OptimizerStep, optimizerState, optimizerStep } from "./optimizer.ts"
export type { NamedTensors, NamedValues, Program, TensorFunction, TensorSpec, TensorSpecs, Values } from "./program.ts"
export type { EngineSetting } from "./setting.ts"
