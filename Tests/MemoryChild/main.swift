import Foundation
import Memory
import Store

// Appends rounds to a file of memory: "number N" and a text whose length depends on N. Says a dot for each that is kept.
// Arguments: the file, the user, how many.

let store = try SQLiteStore(path: CommandLine.arguments[1])
let owner = MemoryOwner(project: "p", user: CommandLine.arguments[2])
var number = 0
while number < Int(CommandLine.arguments[3]) ?? 0 {
    let answer = String(repeating: "tide ", count: number * 37 % 200 + 1)
    try await store.append(
        MemoryRound([.init(.caller, "number \(number)"), .init(.agent("Pilot"), answer)]), for: owner)
    FileHandle.standardOutput.write(Data(".".utf8))
    number += 1
}
