/**
 * Why NVIDIA's driver cannot be used: what the system says when its library is loaded. Undefined if
 * it loads.
 */
export const driverProblem = (): string | undefined => {
  try {
    process.dlopen({ exports: {} }, "libcuda.so.1")
    return undefined
  } catch (error) {
    const { message } = error as Error
    // It loads, and is not made for Node.
    return /did not self-register/.test(message) ? undefined : message
  }
}
