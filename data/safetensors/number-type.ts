/**
 * How numbers are stored, by the names of safetensors: bytes of each, and the same numbers as
 * 32-bit floats, which hold every half and every bfloat16 exactly. `bytes` are little-endian, and
 * floats may be a view of them.
 */
export interface NumberType {
  readonly size: number
  readonly toFloats: (bytes: Uint8Array) => Float32Array
}

/** The same bytes where a number of `size` bytes may begin, and otherwise a copy. */
const aligned = (bytes: Uint8Array, size: number): Uint8Array => (bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes))

const halvesOf = (bytes: Uint8Array): Uint16Array => {
  const { buffer, byteOffset, length } = aligned(bytes, 2)
  return new Uint16Array(buffer, byteOffset, length / 2)
}

const floatsOf = (bytes: Uint8Array): Float32Array => {
  const { buffer, byteOffset, length } = aligned(bytes, 4)
  return new Float32Array(buffer, byteOffset, length / 4)
}

/** The upper half of a 32-bit float. */
const bfloat16 = (bytes: Uint8Array): Float32Array => {
  const halves = halvesOf(bytes)
  const bits = new Uint32Array(halves.length)
  for (let index = 0; index < halves.length; index++) bits[index] = (halves[index] as number) << 16
  return new Float32Array(bits.buffer)
}

/** IEEE 754 binary16: a sign, five bits of exponent with bias 15, ten of significand. */
const float16 = (bytes: Uint8Array): Float32Array => {
  const halves = halvesOf(bytes)
  const floats = new Float32Array(halves.length)
  for (let index = 0; index < halves.length; index++) floats[index] = halfValue(halves[index] as number)
  return floats
}

const halfValue = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const significand = bits & 0x3ff
  if (exponent === 0) return sign * significand * 2 ** -24
  if (exponent === 0x1f) return significand === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + significand / 1024) * 2 ** (exponent - 15)
}

export const numberTypes: Readonly<Record<string, NumberType>> = {
  F32: { size: 4, toFloats: floatsOf },
  F16: { size: 2, toFloats: float16 },
  BF16: { size: 2, toFloats: bfloat16 },
}
