import ProjectModel
import TurnTaking

extension ProjectReader {
    /// The `end_of_turn` block of `asr`: what ends a turn sooner than the longest silence.
    /// - Parameter silence: `silence_duration_ms`, the longest silence when the block names none.
    func endOfTurn(_ block: inout NodeReader, silence: Located<Int>) -> EndOfTurnPolicy {
        let judge = block.text("judge").flatMap { context.model($0, for: .judgement) }
        let shortest = block.int(
            "min_silence_ms", in: 100...10_000, default: Int(EndOfTurnPolicy.usualShortest / .milliseconds(1)))
        let longest = block.int("max_silence_ms", in: 100...10_000) ?? silence
        check(shortest, longest, isJudged: judge != nil)
        return EndOfTurnPolicy(
            judge: judge?.description, shortest: .milliseconds(shortest.value), longest: .milliseconds(longest.value))
    }

    private func check(_ shortest: Located<Int>, _ longest: Located<Int>, isJudged: Bool) {
        if shortest.value > longest.value {
            context.report(
                .error, at: shortest.mark, path: shortest.path,
                "evidence would end a turn after \(shortest.value) ms of silence, later than the \(longest.value) ms that end "
                    + "any turn",
                hint: "raise max_silence_ms above min_silence_ms")
        } else if shortest.value == longest.value {
            context.report(
                .warning, at: shortest.mark, path: shortest.path,
                "evidence changes nothing: \(longest.value) ms of silence end any turn",
                hint: "raise max_silence_ms; 700…1500 is usual")
        } else if isJudged, longest.value <= Int(Endpointer.lingering / .milliseconds(1)) {
            context.report(
                .warning, at: longest.mark, path: longest.path,
                "the judge is never asked: it is asked after about 200 ms of silence",
                hint: "700…1500 is usual")
        }
    }
}
