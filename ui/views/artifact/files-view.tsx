/** The files of an artifact: figures and texts can be looked at, all can be downloaded. */

import { useQuery } from "@tanstack/react-query"
import type { TableDetails, TableRef } from "../../../serve/api.ts"
import { textParam } from "../../address/query.ts"
import { useParam } from "../../address/use-param.ts"
import { fileAddress } from "../../api/client.ts"
import { Empty } from "../../elements/empty.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Bytes } from "../../elements/quantity.tsx"
import { formatCount, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { fileKind, firstShown } from "./file-kind.ts"
import { charactersShown, fileTextQuery } from "./file-text.ts"

const fileParam = textParam()

export const FilesView = ({ artifact, table }: { readonly artifact: TableDetails; readonly table: TableRef }) => {
  const [wanted, setWanted] = useParam("file", fileParam)
  const { files } = artifact
  const file = files.find(({ name }) => name === wanted) ?? firstShown(files)
  if (files.length === 0) return <Empty title="The artifact has no files." />
  return (
    <div className="files">
      <nav className="file-list" aria-label={plural(files.length, "file")}>
        <ul>
          {files.map((each) => (
            <li key={each.name} className="file-line">
              {fileKind(each) === "other" ? (
                <span className="file-name clip" title={visibleText(each.name)}>
                  <ForeignText text={each.name} />
                </span>
              ) : (
                <button
                  type="button"
                  className="file-name clip"
                  aria-current={each.name === file?.name}
                  title={visibleText(each.name)}
                  onClick={() => setWanted(each.name)}
                >
                  <ForeignText text={each.name} />
                </button>
              )}
              <Bytes bytes={each.bytes} />
              <a
                className="button quiet"
                href={fileAddress(table, each.name)}
                download={each.name}
                aria-label={`Download ${visibleText(each.name)}`}
              >
                <Icon name="download" />
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="file-shown">
        {file === undefined ? (
          <Empty title="None of the files can be shown here.">
            <p>They can be downloaded.</p>
          </Empty>
        ) : fileKind(file) === "figure" ? (
          <img className="file-figure" src={fileAddress(table, file.name)} alt={visibleText(file.name)} />
        ) : (
          <FileText table={table} name={file.name} />
        )}
      </div>
    </div>
  )
}

const FileText = ({ table, name }: { readonly table: TableRef; readonly name: string }) => {
  const query = useQuery(fileTextQuery(table, name))
  return (
    <Loaded query={query}>
      {(text) => (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
          <pre className="file-text" role="region" tabIndex={0} aria-label={visibleText(name)}>
            <ForeignText text={text.slice(0, charactersShown)} />
          </pre>
          {text.length > charactersShown ? (
            <p className="faint">
              The first {formatCount(charactersShown)} of {plural(text.length, "character")}. Download the file to read the rest.
            </p>
          ) : null}
        </>
      )}
    </Loaded>
  )
}
