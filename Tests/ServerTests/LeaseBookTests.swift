import TestSupport
import Testing

@testable import Server

/// What is shared is there exactly as long as somebody has it on lease or it is wanted.
struct LeaseBookTests {
    @Test func theFirstPutsItThereAndTheOthersFindIt() {
        var book = LeaseBook<String, Int>()
        #expect(book.take("a", for: 1) == nil)
        #expect(book.put(7, at: "a", for: 1) == (7, true))
        #expect(book.put(8, at: "a", for: 2) == (7, false))
        #expect(book.end(1) == [])
        #expect(book.take("a", for: 3) == 7)
        #expect(book.end(2) == [])
        #expect(book.end(3) == [7])
        #expect(book.count == 0)
    }

    @Test func whatIsWantedStaysWithoutUsers() {
        var book = LeaseBook<String, Int>()
        #expect(book.want(["a"]) == [])
        _ = book.put(7, at: "a", for: 1)
        #expect(book.end(1) == [])
        #expect(book.count == 1)
        #expect(book.want(["b"]) == [7])
    }

    /// Against a plain model: a random run of everything that can be done.
    @Test(arguments: 0..<50) func keepsExactlyWhatIsUsedOrWanted(seed: Int) {
        var random = Seeded(seed)
        var book = LeaseBook<Int, Int>()
        var (users, wanted, there): ([Int: Set<Int>], Set<Int>, [Int: Int]) = ([:], [], [:])
        var made = 0
        for _ in 0..<300 {
            let (key, lease) = (Int.random(in: 0..<6, using: &random), Int.random(in: 0..<5, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                made += 1
                let known = there[key]
                let put = book.put(made, at: key, for: lease)
                #expect(put == (known ?? made, known == nil))
                there[key] = known ?? made
                users[key, default: []].insert(lease)
            case 1:
                #expect(book.take(key, for: lease) == there[key])
                if there[key] != nil { users[key, default: []].insert(lease) }
            case 2:
                for key in users.keys { users[key]?.remove(lease) }
                expectGone(book.end(lease))
            default:
                wanted = Set((0..<6).filter { _ in Bool.random(using: &random) })
                expectGone(book.want(wanted))
            }
            #expect(book.count == there.count)
        }

        func expectGone(_ gone: [Int]) {
            let left = there.filter { (users[$0.key] ?? []).isEmpty && !wanted.contains($0.key) }
            #expect(gone.sorted() == left.values.sorted())
            for key in left.keys { there[key] = nil }
        }
    }
}
