import JSONText
import ProjectModel
import ProviderKit
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// What a journal is, and what is none.
@Suite struct JournalReaderTests {
    private let whole: [UInt8]

    init() throws {
        var conversation = RandomConversation(seed: 11)
        conversation.run(windows: 20)
        whole = try ReplayTests.text(of: conversation)
    }

    private var lines: [String] { String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init) }

    private func read(_ lines: [String]) throws -> Journal {
        try JournalReader.read(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private func error(_ lines: [String]) -> String? {
        do {
            _ = try read(lines)
            return nil
        } catch { return "\(error)" }
    }

    @Test func aWholeOneIsRead() throws {
        let journal = try JournalReader.read(whole)
        #expect(journal.ending == .closed)
        #expect(journal.entries.count == lines.count - 2)
        #expect(journal.header.project.name == "random")
        #expect(journal.length == .nanoseconds(journal.entries.last?.at ?? 0))
    }

    /// What was written before words were settled at pauses is read, and written alike.
    @Test func journalsWithoutPausesAreRead() throws {
        let text = #"{"isFinal":true,"text":"hi"}"#
        #expect(try JSONReader.decode(Transcript.self, from: Array(text.utf8)) == Transcript(text: "hi", isFinal: true))
        #expect(try JournalText.bytes(of: Transcript(text: "hi", isFinal: true)) == Array(text.utf8))
        let endpointing = try JournalText.bytes(of: EndpointingConfiguration())
        #expect(!String(decoding: endpointing, as: UTF8.self).contains("endOfTurn"))
        #expect(
            try JSONReader.decode(EndpointingConfiguration.self, from: endpointing) == EndpointingConfiguration())
    }

    /// A process can be killed after any byte.
    @Test func everyBeginningIsReadAsFarAsItsLinesAreWhole() throws {
        let all = try JournalReader.read(whole).entries
        let header = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
        #expect(throws: JournalError.self) { try JournalReader.read(Array(whole[..<(header - 1)])) }
        for end in header..<whole.count {
            let journal = try JournalReader.read(Array(whole[..<end]))
            let wholeLines = whole[..<end].count { $0 == UInt8(ascii: "\n") }
            #expect(journal.ending == .open)
            #expect(journal.entries.count == wholeLines - 1)
            #expect(journal.entries.last == (wholeLines > 1 ? all[wholeLines - 2] : nil))
            #expect(journal.entries.isEmpty || end % 50 != 0 || Replay.unchanged(journal).isEqual)
        }
    }

    @Test func whatIsNoJournalSaysWhere() throws {
        #expect(error([]) == "line 1: is not the header of a journal")
        #expect("\(JournalError(message: "m"))" == "m")
        #expect(error(["{}"]) == "line 1: is not the header of a journal")
        #expect(
            error([lines[0].replacing(#""format":1"#, with: #""format":2"#)])
                == "line 1: the journal has format 2; this program reads 1")
        #expect(error([lines[0].replacing(#""lead""#, with: #""load""#)]) == "line 1: is not the header of a journal")
        #expect(error([lines[0], lines[1], "{}", lines[2]]) == "line 3: is not an entry of a journal")
        #expect(error([lines[0], lines[1], "", lines[2]]) == "line 3: is not an entry of a journal")
        #expect(error([lines[0], "[" + String(repeating: "[", count: 600)]) == "line 2: is not an entry of a journal")
        #expect(
            error([lines[0], #"{"at":5,"input":{"time":{}}}"#, #"{"at":4,"input":{"time":{}}}"#])
                == "line 3: comes before the line above it")
        #expect(error([lines[0], #"{"at":-1,"input":{"time":{}}}"#]) == "line 2: comes before the line above it")
        #expect(
            error([lines[0], #"{"ended":"closed"}"#, lines[1]])
                == "line 2: the journal ends here, but lines follow")
        #expect(error([lines[0], #"{"ended":"maybe"}"#]) == "line 2: is not an entry of a journal")
    }

    @Test func itsEndIsKnown() throws {
        #expect(try read([lines[0], #"{"ended":"overrun"}"#]).ending == .overrun)
        #expect(try read([lines[0], #"{"ended":"closed"}"#]).ending == .closed)
        #expect(try read([lines[0]]).ending == .open)
    }

    @Test func longLinesAreRefused() throws {
        let long = String(repeating: " ", count: Journal.longestLine + 1)
        #expect(error([lines[0], long]) == "line 2: is longer than 16 MiB")
        #expect(error([long]) == "line 1: is longer than 16 MiB")
    }
}

extension Replay.Verdict {
    var isEqual: Bool { if case .equal = self { true } else { false } }
}
