import Dispatch
import Telemetry
import Testing

struct MetricsTests {
    @Test func rendersWhatPrometheusReads() {
        let metrics = Metrics()
        metrics.counter("parley_turns_total", help: "Turns.", labels: ["project": "a"]).increment(by: 2)
        metrics.counter("parley_turns_total", help: "Turns.", labels: ["project": "\"b\\\n"]).increment()
        metrics.gauge("parley_conversations", help: "Open conversations.").set(3)
        let histogram = metrics.histogram("parley_ttfa_seconds", help: "TTFA.", buckets: [1, 0.5])
        for value in [0.25, 0.5, 0.75, 8] { histogram.observe(value) }
        let expected = """
            # HELP parley_conversations Open conversations.
            # TYPE parley_conversations gauge
            parley_conversations 3
            # HELP parley_ttfa_seconds TTFA.
            # TYPE parley_ttfa_seconds histogram
            parley_ttfa_seconds_bucket{le="0.5"} 2
            parley_ttfa_seconds_bucket{le="1"} 3
            parley_ttfa_seconds_bucket{le="+Inf"} 4
            parley_ttfa_seconds_sum 9.5
            parley_ttfa_seconds_count 4
            # HELP parley_turns_total Turns.
            # TYPE parley_turns_total counter
            parley_turns_total{project="\\"b\\\\\\n"} 1
            parley_turns_total{project="a"} 2

            """
        #expect(metrics.render() == expected)
    }

    @Test func sameNameAndLabelsIsTheSameInstrument() {
        let metrics = Metrics()
        metrics.counter("a_total", help: "A.", labels: ["x": "1"]).increment()
        metrics.counter("a_total", help: "A.", labels: ["x": "1"]).increment(by: -5)
        #expect(metrics.counter("a_total", help: "A.", labels: ["x": "1"]).value == 1)
        let gauge = metrics.gauge("b", help: "B.")
        gauge.add(2)
        metrics.gauge("b", help: "B.").add(-0.5)
        #expect(gauge.value == 1.5)
    }

    @Test func seriesAreBounded() {
        let metrics = Metrics(maximumSeries: 3)
        for index in 0..<1000 {
            metrics.counter("a_total", help: "A.", labels: ["x": "\(index)"]).increment()
        }
        let samples = metrics.render().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(samples.count == 4)
        #expect(samples.contains("a_total{x=\"other\"} 997"))
    }

    @Test func labelValuesAreCut() {
        let metrics = Metrics()
        let long = String(repeating: "y", count: 10_000)
        metrics.counter("a_total", help: "A.", labels: ["x": long]).increment()
        #expect(metrics.render().count < 200)
    }

    @Test func histogramsTakeDurationsAndDropWhatIsNoNumber() {
        let histogram = Metrics().histogram("h", help: "H.", buckets: [0.1, .infinity, 0.1])
        histogram.observe(Duration.milliseconds(100))
        histogram.observe(.nan)
        histogram.observe(Duration.milliseconds(101))
        #expect(histogram.snapshot.bounds == [0.1])
        #expect(histogram.snapshot.counts == [1, 1])
        #expect(histogram.snapshot.count == 2)
    }

    @Test func manyThreadsLoseNothing() {
        let metrics = Metrics()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            let counter = metrics.counter("c_total", help: "C.", labels: ["x": "\(thread % 2)"])
            let gauge = metrics.gauge("g", help: "G.")
            let histogram = metrics.histogram("h", help: "H.", buckets: [1])
            for _ in 0..<5000 {
                counter.increment()
                gauge.add(1)
                histogram.observe(2.0)
            }
        }
        #expect(metrics.counter("c_total", help: "C.", labels: ["x": "0"]).value == 20_000)
        #expect(metrics.gauge("g", help: "G.").value == 40_000)
        #expect(metrics.histogram("h", help: "H.").snapshot.count == 40_000)
    }
}
