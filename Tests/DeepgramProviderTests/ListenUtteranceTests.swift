import ProviderKit
import TestSupport
import Testing

@testable import Vendors

@Suite struct ListenUtteranceTests {
    typealias Results = ListenMessage.Results

    /// A server that settles stretches as it likes: every word comes out once, in order, and the end comes once.
    @Test(arguments: 0..<200) func everyWordOnce(seed: Int) {
        var random = Seeded(seed)
        var utterance = ListenUtterance()
        let origin = Double.random(in: 0...500, using: &random)
        var position = origin
        var said: [String] = []
        var dones: [ListenUtterance.Outcome] = []
        var interims: [String] = []
        func take(_ outcome: ListenUtterance.Outcome) {
            switch outcome {
            case .interim(let text, _): interims.append(text)
            case .done: dones.append(outcome)
            case .nothing: break
            }
        }
        for segment in 0..<Int.random(in: 0...5, using: &random) {
            let length = Double.random(in: 0.2...3, using: &random)
            utterance.sent(Int(length * 16000))
            for words in 0..<Int.random(in: 0...3, using: &random) {
                let text = (0...words).map { "s\(segment)w\($0)" }.joined(separator: " ")
                take(
                    utterance.heard(
                        Results(text: text, start: position, duration: length, isFinal: false, fromFinalize: false)))
            }
            let text = Bool.random(using: &random) ? "final\(segment)" : ""
            if !text.isEmpty { said.append(text) }
            take(
                utterance.heard(
                    Results(text: text, start: position, duration: length, isFinal: true, fromFinalize: false)))
            position += length
        }
        let isSettled = position > origin
        let rest = Bool.random(using: &random) ? 0.5 : 0.05
        utterance.sent(Int(rest * 16000))
        #expect(dones.isEmpty)
        let commands = utterance.audioEnded()
        #expect(commands.first == ListenMessage.finalize)
        #expect(commands.contains(ListenMessage.closeStream) == (isSettled && rest < 0.1))
        if Bool.random(using: &random) && rest == 0.5 {
            said.append("tail")
            take(
                utterance.heard(
                    Results(text: "tail", start: position, duration: rest, isFinal: true, fromFinalize: true)))
            let text = said.joined(separator: " ")
            #expect(dones == [.done(text, mayBeUsedAgain: true)])
        } else {
            let insisting = utterance.patienceIsOver()
            #expect(insisting == (commands.count == 2 ? [] : [ListenMessage.closeStream]))
            take(utterance.streamEnded())
            #expect(dones == [.done(said.joined(separator: " "), mayBeUsedAgain: false)])
        }
        // What comes late changes nothing.
        take(utterance.streamEnded())
        take(utterance.heard(Results(text: "late", start: 0, duration: 1, isFinal: true, fromFinalize: true)))
        let late = utterance.patienceIsOver() + utterance.audioEnded()
        #expect(dones.count == 1 && late.isEmpty)
        #expect(zip(interims, interims.dropFirst()).allSatisfy { $0 != $1 } && !interims.contains(""))
    }

    /// However late the answers to `Finalize` come, each has the words up to its own pause, and the last one all.
    @Test(arguments: 0..<300) func anAnswerIsAboutItsPause(seed: Int) {
        var random = Seeded(seed)
        var utterance = ListenUtterance()
        let origin = Double.random(in: 0...500, using: &random)
        var (sent, settled) = (0, 0)
        var words: [(end: Int, word: String)] = []
        /// Where `Finalize` stands in the stream, in samples.
        var questions: [Int] = []
        var pauses: [Int: Int] = [:]
        var done: String?
        func said(from: Int = 0, to: Int) -> String {
            words.filter { from < $0.end && $0.end <= to }.map(\.word).joined(separator: " ")
        }
        func send(_ samples: Int) {
            utterance.sent(samples)
            sent += samples
        }
        func answer() {
            let place = questions.removeFirst()
            let outcome = utterance.heard(
                Results(
                    text: said(from: settled, to: place), start: origin + Double(settled) / 16000,
                    duration: Double(place - settled) / 16000, isFinal: true, fromFinalize: true))
            settled = place
            switch outcome {
            case .interim(let text, .pause(let number)?): #expect(text == said(to: pauses[number] ?? 0), "seed \(seed)")
            case .done(let text, let mayBeUsedAgain):
                done = text
                #expect(mayBeUsedAgain && questions.isEmpty)
            default: Issue.record("seed \(seed): \(outcome)")
            }
        }
        for number in 1...Int.random(in: 1...6, using: &random) {
            send(.random(in: 512...16000, using: &random))
            words.append((sent, "w\(number)"))
            send(1536)
            pauses[number] = sent
            #expect(utterance.paused(number) == [ListenMessage.finalize])
            questions.append(sent)
            while !questions.isEmpty, Bool.random(using: &random) { answer() }
            send(.random(in: 512...5000, using: &random))
        }
        send(utterance.padding)
        let commands = utterance.audioEnded()
        #expect(commands == [ListenMessage.finalize], "seed \(seed)")
        questions.append(sent)
        while !questions.isEmpty { answer() }
        #expect(done == said(to: sent), "seed \(seed)")
    }

    @Test(arguments: [
        "", "{", "[]", "\"text\"", "{}", #"{"type":"Results"}"#, #"{"type":"Results","start":0,"duration":1}"#,
        #"{"type":"Results","start":0,"duration":1,"channel":{"alternatives":[]}}"#,
        #"{"type":"Results","start":"0","duration":1,"channel":{"alternatives":[{"transcript":"x"}]}}"#,
    ])
    func whatIsNoneOfTheProtocol(text: String) { #expect(ListenMessage(text) == nil) }

    @Test func messagesAreRead() {
        #expect(ListenMessage(#"{"type":"SpeechStarted","timestamp":1}"#) == .other)
        #expect(ListenMessage(#"{"type":"Metadata"}"#) == .metadata)
        #expect(
            ListenMessage(#"{"type":"Error","variant":"SchemaError","description":"x"}"#) == .error(code: "SchemaError")
        )
        #expect(ListenMessage(#"{"err_code":"X","err_msg":"y"}"#) == .error(code: "X"))
        let text = #"{"type":"Results","start":1,"duration":0.5,"channel":{"alternatives":[{"transcript":"hi"}]}}"#
        #expect(
            ListenMessage(text)
                == .results(Results(text: "hi", start: 1, duration: 0.5, isFinal: false, fromFinalize: false)))
    }
}
