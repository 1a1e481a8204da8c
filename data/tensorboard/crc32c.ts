/** The polynomial of CRC-32C (Castagnoli; RFC 3720, appendix B.4), its bits reversed. */
const polynomial = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1
  return remainder
})

/** The CRC-32C of some bytes, from 0 to 2³² − 1. */
export const crc32c = (bytes: Uint8Array): number => {
  let remainder = 0xffffffff
  for (const byte of bytes) remainder = (table[(remainder ^ byte) & 0xff] as number) ^ (remainder >>> 8)
  return (remainder ^ 0xffffffff) >>> 0
}

/**
 * The same, masked as TensorFlow's record files have it, so that the checksum of bytes that hold
 * checksums is a good one.
 */
export const maskedCrc32c = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
