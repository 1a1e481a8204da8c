/** Variables of ours that say where a program, its libraries and its user are. */
const basics = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "CUDA_HOME",
  "CUDA_PATH",
]

/**
 * What decides how a program prints dates and sorts text, on every machine alike. Python's sets of
 * texts have one order, and what it prints comes at once.
 */
const fixed: Readonly<Record<string, string>> = {
  TZ: "UTC",
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  PYTHONHASHSEED: "0",
  PYTHONUNBUFFERED: "1",
}

/**
 * The environment of a user's program: of ours what says where things are, and the variables that
 * it declares.
 */
export const programEnvironment = (
  variables: ReadonlyArray<string>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> => {
  const passed = [...basics, ...variables].flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...fixed, ...Object.fromEntries(passed) }
}
