/** Named tensors in one file, in the safetensors format. */

export { decodeSafetensors } from "./decode.ts"
export { encodeInPieces, encodeSafetensors } from "./encode.ts"
export { type ByteSource, openSafetensors, type TensorReader } from "./open.ts"
export type { StoredTensor, TensorFile } from "./tensor.ts"
