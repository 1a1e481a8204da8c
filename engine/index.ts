/**
 * Fast tensor programs: a TensorFlow.js function, traced once and run by ONNX Runtime, or run
 * eagerly.
 */

export type { EngineSetting } from "../dsl/engine-setting.ts"
export { compile } from "./compile.ts"
export { EngineError, TraceError } from "./error.ts"
export { type AttentionCache, cachedAttention } from "./fused/cached-attention.ts"
export { type AttentionHeads, causalAttention, type PackedLayout } from "./fused/causal-attention.ts"
export { type FeedForward, feedForward } from "./fused/feed-forward.ts"
export { gelu } from "./fused/gelu.ts"
export { foldLayerNorm, type LayerNorm, type LinearMap, layerNorm, layerNormLinear } from "./fused/layer-norm.ts"
export { linear } from "./fused/linear.ts"
export { logSoftmax } from "./fused/log-softmax.ts"
export { lowRank } from "./fused/low-rank.ts"
export { pick } from "./fused/pick.ts"
export { type Block, recomputed } from "./fused/recompute.ts"
export { rmsNorm } from "./fused/rms-norm.ts"
export { type Rotation, rotate } from "./fused/rotary.ts"
export { mapRowChunks } from "./fused/row-chunks.ts"
export { swiglu } from "./fused/swiglu.ts"
export { tokenLogProbability } from "./fused/token-log-probability.ts"
export type { NamedTensors, NamedValues, Program, TensorFunction, TensorSpec, TensorSpecs, Values } from "./program.ts"
export { ProgramCache } from "./program-cache.ts"
