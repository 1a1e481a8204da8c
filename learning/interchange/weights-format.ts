import { StageError } from "assay"

/** What writes a checkpoint as safetensors, where Python has `transformers`. */
export const conversion =
  'python3 -c "import sys; from transformers import AutoModelForCausalLM as M; M.from_pretrained(sys.argv[1]).save_pretrained(sys.argv[2])" <folder> <new folder>'

/** As many bytes of a file tell what it is. */
export const formatBytes = 9

/** Refuses weights that are not safetensors by what they are, by the first bytes of their file. */
export const checkWeights = (bytes: Uint8Array, name: string): void => {
  // A safetensors file begins with the length of its header in eight bytes, which may be any, and
  // the header, which is JSON.
  if (bytes[8] === 0x7b) return
  const start = String.fromCharCode(...bytes.subarray(0, 2))
  if (start !== "PK" && bytes[0] !== 0x80) return
  throw new StageError(
    "UnsupportedPolicy",
    `${name} is pickled by PyTorch, which can run any code where it is opened; expected safetensors. Convert it: ${conversion}`,
    { file: name },
  )
}
