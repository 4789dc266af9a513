import Glibc

/// The benchmarks: each compares ways of doing one thing in one run and prints a table of ratios.
///
///     bench NAME [OPTION...]
@main
enum Bench {
    /// In the order in which they are listed.
    static var benchmarks: [any Benchmark.Type] {
        [
            TreesBench.self, OverlapBench.self, MergeBench.self, TripwireBench.self,
            WorkersBench.self,
        ]
    }

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let name = arguments.first,
            let benchmark = benchmarks.first(where: { $0.name == name })
        else {
            print("usage: scripts/bench NAME [OPTION...]\n")
            for benchmark in benchmarks { print("  \(benchmark.name): \(benchmark.purpose)") }
            return
        }
        do {
            try await benchmark.run(Array(arguments.dropFirst()))
        } catch {
            print("bench \(name): \(error)", to: &StandardError.stream)
            exit(1)
        }
    }
}

/// One thing that is measured in several ways.
@MainActor
protocol Benchmark {
    /// As the command line names it.
    static var name: String { get }
    /// One line for the list.
    static var purpose: String { get }
    /// Measures and prints; `arguments` are what follows the name.
    static func run(_ arguments: [String]) async throws
}
