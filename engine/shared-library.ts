/**
 * What the system says when a shared library cannot be loaded, such as the name of another one that
 * it needs. Undefined if it can. ONNX Runtime itself only says that a provider did not load.
 */
export const libraryProblem = (file: string): string | undefined => {
  try {
    process.dlopen({ exports: {} }, file)
    return undefined
  } catch (error) {
    const { message } = error as Error
    // It loads, and is not an add-on of Node.
    return /did not self-register/.test(message) ? undefined : message
  }
}
