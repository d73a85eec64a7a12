import Foundation
import Testing

@testable import Session

/// What a caller does with a client, whatever dialect that speaks.
enum Deed: Equatable {
    case speaks(Duration)
    case types(String)
    case presses
    case releases
    case stops
    case forgets
    case plays
    case hasPlayed(Duration)
    case isQuiet
    case sendsNonsense
    case sendsTooMuch
}

/// What a caller's client hears, whatever dialect it speaks.
enum Heard: Equatable {
    case created
    case words(String)
    case begins(String)
    case says(String)
    /// So many samples.
    case sounds(Int)
    /// Sound stops; what was not played is dropped.
    case silenced
    /// Sound comes, or comes again.
    case goesOn
    case done(String, String)
    case problem(String)
    case ends(UInt16)
}

/// A client that speaks one dialect.
protocol CallClient: CustomTestStringConvertible, Sendable {
    /// Whether an answer that was silenced may go on.
    var knowsPauses: Bool { get }
    /// The other side of the connection.
    var dialect: any Dialect { get throws }
    /// What the client sends before anything else.
    var greeting: [Frame] { get }
    /// What the client sends for a deed; nil when its dialect has nothing for it.
    func frames(for deed: Deed) -> [Frame]?
    /// What a frame from us means to the client.
    func hear(_ frame: Frame) throws -> [Heard]
    /// What a client of this kind sends by itself when it hears that.
    func answer(to heard: Heard) -> [Frame]
}

extension CallClient {
    func object(_ text: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw CocoaError(.coderReadCorrupt)
        }
        return object
    }
}

/// What holds for every dialect. It is checked while a call goes on.
struct CallLaws {
    private(set) var broken: [String] = []
    private var isCreated = false
    private var open: String?
    private var isSilenced = false
    private var isOver = false

    /// - Parameter story: what the client has heard, in order.
    static func faults(in story: [Heard]) -> [String] {
        var laws = CallLaws()
        for heard in story { laws.check(heard) }
        if let open = laws.open, !laws.isOver { laws.broken.append("\(open) is never done") }
        return laws.broken
    }

    private mutating func check(_ heard: Heard) {
        if !isCreated, heard != .created { broken.append("\(heard) before the session was created") }
        if isOver { broken.append("\(heard) after the end") }
        switch heard {
        case .created:
            if isCreated { broken.append("created twice") }
            isCreated = true
        case .begins(let name):
            if let open { broken.append("\(name) begins while \(open) is open") }
            (open, isSilenced) = (name, false)
        case .says:
            if open == nil { broken.append("words of no answer") }
        case .sounds:
            if open == nil { broken.append("sound of no answer") }
            if isSilenced { broken.append("sound after it was silenced") }
        case .silenced:
            if open == nil { broken.append("no answer is silenced") }
            isSilenced = true
        case .goesOn:
            if open == nil { broken.append("no answer goes on") }
            isSilenced = false
        case .done(let name, _):
            if open != name { broken.append("\(name) is done while \(open ?? "none") is open") }
            open = nil
        case .ends: isOver = true
        case .words, .problem: break
        }
    }
}
