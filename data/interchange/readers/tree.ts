import { type Message, promptText, roleOf } from "../conversation.ts"
import type { LeaveOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { follow, type Path, type Placed, pathOf } from "../path.ts"
import type { ForeignPreference, PreferenceReader } from "../preference.ts"
import { type ForeignRecord, numberOrNone, spell, text } from "../record.ts"
import { pairAll, type Ranked } from "./ranking.ts"
import { readValue } from "./render.ts"

/**
 * Records that are trees of messages: the assistant's replies to one message are ranked, and a pair
 * is made of each two. The prompt is the conversation from the root to that message.
 */
export const openTrees = ({ tree }: Mapping & { readonly tree: NonNullable<Mapping["tree"]> }, leave: LeaveOut): PreferenceReader => {
  const root = pathOf(tree.root)
  const paths = { text: pathOf(tree.text), role: pathOf(tree.role), replies: pathOf(tree.replies), rank: pathOf(tree.rank) }
  return { read: (record) => pairsOfTree(record, readValue(record, root), paths, leave) }
}

interface NodePaths {
  readonly text: Path
  readonly role: Path
  readonly replies: Path
  readonly rank: Path
}

/** A message of a tree, and what was said before it. */
interface Branch {
  readonly node: Placed
  readonly before: ReadonlyArray<Message>
}

const pairsOfTree = (record: ForeignRecord, root: Placed, paths: NodePaths, leave: LeaveOut): ReadonlyArray<ForeignPreference> => {
  const pairs: Array<ForeignPreference> = []
  const open: Array<Branch> = [{ node: root, before: [] }]
  for (let branch = open.shift(); branch !== undefined; branch = open.shift()) {
    const { node } = branch
    const said = [...branch.before, messageOf(record, node, paths)]
    const replies = repliesOf(record, node, paths)
    open.unshift(...replies.map((reply) => ({ node: reply, before: said })))
    const answers = replies.filter((reply) => messageOf(record, reply, paths).role === "assistant")
    if (answers.length === 1) leave("alone", 1, record.fault(answers[0]?.place, "is the only reply to its message"))
    if (answers.length < 2) continue
    const ranked = answers.flatMap((reply): ReadonlyArray<Ranked> => {
      const { place, value } = followWithin(reply, paths.rank)
      const rank = numberOrNone(record, place, value)
      if (rank !== null) return [{ text: ` ${messageOf(record, reply, paths).content}`, merit: -rank, score: null }]
      leave("unranked", 1, record.fault(place, "is missing; expected a rank"))
      return []
    })
    if (ranked.length === 1) leave("alone", 1, record.fault(node.place, "has one ranked reply; expected two or more"))
    pairs.push(...pairAll(promptText(record, node.place, said), ranked))
  }
  return pairs
}

const messageOf = (record: ForeignRecord, node: Placed, paths: NodePaths): Message => {
  const [said, who] = [followWithin(node, paths.text), followWithin(node, paths.role)]
  return { role: roleOf(record, who.place, who.value), content: text(record, said.place, said.value) }
}

const repliesOf = (record: ForeignRecord, node: Placed, paths: NodePaths): ReadonlyArray<Placed> => {
  const { place, value } = followWithin(node, paths.replies)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw record.fault(place, `is ${spell(value)}; expected a list of replies`)
  return value.map((reply: unknown, index) => ({ place: `${place}[${index}]`, value: reply }))
}

/** What a path leads to within a message. */
const followWithin = ({ place, value }: Placed, path: Path): Placed => {
  const [found] = follow(path, value)
  return { place: `${place}.${path.text}`, value: found?.value }
}
