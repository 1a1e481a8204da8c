import type { Program } from "./program.ts"

/**
 * Programs by what they are compiled for (a signature, a size), each compiled once. Keys are equal
 * where their JSON is.
 */
export class ProgramCache<Key> {
  readonly #compile: (key: Key) => Promise<Program>
  readonly #programs = new Map<string, Promise<Program>>()

  constructor(compile: (key: Key) => Promise<Program>) {
    this.#compile = compile
  }

  get(key: Key): Promise<Program> {
    const name = JSON.stringify(key)
    const program = this.#programs.get(name) ?? this.#compile(key)
    this.#programs.set(name, program)
    return program
  }
}
