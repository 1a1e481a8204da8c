/** Named tensors in one file, in the safetensors format. */

export { decodeSafetensors } from "./decode.ts"
export { encodeSafetensors } from "./encode.ts"
export type { StoredTensor, TensorFile } from "./tensor.ts"
