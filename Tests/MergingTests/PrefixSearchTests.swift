import Merging
import Testing

struct PrefixSearchTests {
    @Test(arguments: 1...40, [0.0, 0.3, 0.7, 0.99])
    func `the culprit is named in at most log2 n steps`(count: Int, place: Double) {
        let culprit = Int(Double(count) * place)
        var search = PrefixSearch(count: count)
        var steps = 0
        while let prefix = search.next {
            search.tried(prefix, passed: prefix <= culprit)
            steps += 1
        }
        #expect(search.culprit == culprit)
        #expect(1 << steps < count * 2)
    }
}
