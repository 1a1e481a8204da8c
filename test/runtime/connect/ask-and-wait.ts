/** Asks a program in the folder for its processes, prints them, and waits to be killed. */
import { Effect } from "effect"
import { program } from "../../../dsl/connection.ts"
import { answersOf, asking, connections } from "./ask.ts"

const connection = program({ run: ["/bin/sh", "-c", 'sleep 300 & while read -r line; do echo "[$$, $!]"; done; sleep 300'] })
const asked = Effect.map(asking(connection, [{ input: 0 }, { input: 1 }]), (asked) => console.log(JSON.stringify(answersOf(asked))))
await Effect.runPromise(Effect.provide(Effect.andThen(asked, Effect.never), connections(process.argv[2])))
