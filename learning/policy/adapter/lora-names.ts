/** The matrices A [rank, in] and B [out, rank] of the adapter of a linear map, by its name. */
export const loraNames = (name: string): readonly [down: string, up: string] => [`${name}.lora_A.weight`, `${name}.lora_B.weight`]
