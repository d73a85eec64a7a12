import Foundation
import Persistence
import Store

// Puts versions "NAME 0", "NAME 1", … of a project into a store. Says a dot for each that was acknowledged.
// Arguments: the file, the name of the project.

let store = try SQLiteProjectStore(path: CommandLine.arguments[1])
let name = CommandLine.arguments[2]
var number = 0
while true {
    let text = ProjectText("\(name) \(number) " + String(repeating: "tide ", count: number * 137 % 1500))
    _ = try await store.put(text, as: ProjectKey(name), by: "child", if: .none, at: number)
    FileHandle.standardOutput.write(Data(".".utf8))
    number += 1
}
