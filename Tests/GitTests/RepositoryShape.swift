import Base
import TestSupport
import Testing

@testable import Git

/// One kind of repository, made by the `git` program alone.
struct RepositoryShape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Shell commands, run in an empty repository on branch `main`; `save` commits all there is.
    let script: String
    /// What a worker does to the tree; by default a bit of everything.
    let work: String
    /// Folder to start from, seen from the repository.
    let start: String
    let base: String

    init(
        _ description: String, _ script: String, work: String = RepositoryShape.usualWork,
        start: String = ".", base: String = "HEAD"
    ) {
        testDescription = description
        self.script = script
        self.work = work
        self.start = start
        self.base = base
    }

    static let usualWork = """
        echo new >new.txt; mkdir -p 'new folder/deep'; echo x >'new folder/deep/x'; ln -s new.txt new-link
        f=$(git ls-files | head -n 1); test ! -f "$f" || echo more >>"$f"
        f=$(git ls-files | tail -n 1); rm -f -- "$f"
        """

    static let prelude = """
        save() { git add -A; git commit -qm "${1-change}"; }
        some() { echo one >a.txt; echo two >b.txt; mkdir -p d/e z; echo deep >d/e/f.txt; echo z >z/z.txt; }

        """

    /// Builds it and returns the folder to start from.
    func build(_ scratch: borrowing ScratchRepository) throws -> AbsolutePath {
        try scratch.shell(RepositoryShape.prelude + script, in: scratch.path)
        return AbsolutePath(start, relativeTo: scratch.path)
    }

    static let content: [RepositoryShape] = [
        RepositoryShape(
            "executable bits",
            "echo a >a; chmod +x a; echo b >b; mkdir d; echo c >d/c; chmod 755 d/c; save",
            work: "chmod -x a; chmod +x b; chmod g+x d/c; chmod o-r a"),
        RepositoryShape(
            "symbolic links",
            """
            some; ln -s a.txt l; ln -s d to-folder; ln -s /nowhere dangling; ln -s ../../up d/e/up
            ln -s "$(printf %0250d 7)" long; save
            """,
            work: "rm l; ln -s b.txt l; rm dangling; echo file >dangling; rm a.txt; ln -s d a.txt"),
        RepositoryShape(
            "links where the file system has none",
            "some; ln -s a.txt l; save; git config core.symlinks false; git reset -q --hard",
            work: "printf b.txt >l; echo more >>a.txt"),
        RepositoryShape(
            "modes where the file system has none",
            "some; chmod +x a.txt; save; git config core.fileMode false",
            work: "chmod +x b.txt; chmod -x a.txt; echo n >n; chmod +x n"),
        RepositoryShape(
            "text and eol attributes",
            """
            printf 'text eol=crlf\\n' >x; printf '[attr]dos text eol=crlf\\n*.c text eol=crlf\\n*.u text eol=lf\\n*.a text=auto\\n*.b -text\\n' >.gitattributes
            for n in c u a b; do printf 'one\\ntwo\\n' >f.$n; printf 'one\\r\\ntwo\\r\\n' >g.$n; printf 'a\\0b\\n' >h.$n; done
            mkdir d; printf '*.u eol=crlf\\nm* dos\\n' >d/.gitattributes; printf 'q\\nr\\n' >d/f.u; printf 'q\\nr\\n' >d/m
            save
            """,
            work:
                "printf 'p\\r\\nq\\r\\n' >f.c; printf 'p\\r\\nq\\r\\n' >f.a; printf 'p\\nq\\r\\n' >new.u; printf 'r\\r\\n' >new.a"
        ),
        RepositoryShape(
            "line ends that were never normalised",
            "printf 'one\\r\\ntwo\\r\\n' >a; printf 'x\\n' >b; save; printf '* text=auto\\n' >.gitattributes; save",
            work: "printf 'one\\r\\nthree\\r\\n' >a; printf 'y\\r\\n' >b; printf 'n\\r\\n' >n"),
        RepositoryShape(
            "core.autocrlf",
            "printf 'one\\ntwo\\n' >a; printf 'o\\r\\n' >b; printf 'a\\0\\n' >c; save; git config core.autocrlf true",
            work:
                "printf 'one\\r\\ntwo\\r\\nthree\\r\\n' >a; printf 'n\\r\\n' >n; printf 'z\\0\\r\\n' >z"
        ),
        RepositoryShape(
            "core.autocrlf=input",
            "printf 'one\\ntwo\\n' >a; printf 'o\\r\\n' >b; save; git config core.autocrlf input",
            work: "printf 'one\\r\\ntwo\\r\\n' >a; printf 'n\\r\\n' >n; echo 3 >>b"),
        RepositoryShape(
            "core.eol",
            "printf 'one\\n' >a; echo '* text' >.gitattributes; save; git config core.eol crlf",
            work: "printf 'one\\r\\ntwo\\r\\n' >a; printf 'n\\n' >n"),
        RepositoryShape(
            "ident",
            "printf '$Id$\\n$Id$ x\\n' >k.txt; printf '$Id: old $\\n' >l.txt; printf 'a $Id$' >m; echo '*.txt ident' >.gitattributes; save",
            work: "echo more >>k.txt; printf '$Id: mine $\\n' >n.txt"),
        RepositoryShape(
            "working-tree-encoding",
            """
            printf '*.le text working-tree-encoding=UTF-16LE-BOM\\n*.sj working-tree-encoding=SHIFT-JIS\\n*.u text working-tree-encoding=UTF-16 eol=crlf\\n' >.gitattributes
            git add .gitattributes; printf 'caf\\303\\251\\n' | iconv -f UTF-8 -t UTF-16LE | sed '1s/^/\\xff\\xfe/' >a.le
            printf '\\202\\240\\n' >b.sj; printf 'a\\nb\\n' | iconv -f UTF-8 -t UTF-16 >c.u; save
            """,
            work: "printf '\\202\\242\\n' >b.sj; printf 'x\\ny\\n' | iconv -f UTF-8 -t UTF-16 >n.u"),
        RepositoryShape(
            "info/attributes and no .gitattributes",
            "printf 'a\\nb\\n' >a; printf '$Id$\\n' >i; save; mkdir -p .git/info; printf 'a text eol=crlf\\ni ident\\n' >.git/info/attributes",
            work: "printf 'a\\r\\n' >a; echo x >>i"),
        RepositoryShape(
            "strange names",
            """
            for n in 'new
            line' 'tab\tx' ' lead' 'trail ' '-dash' '"quoted"' 'back\\slash' 'ünï' '*?[x]' '#x' '!y' ':(top)' 'a:b' 'C:' 'con' '.gitx' 'x.' '~'; do echo "$n" >"./$n"; done
            mkdir -p 'di
            r' '...' .github; echo y >'di
            r/y'; echo z >.../z; echo g >.github/g; save
            """,
            work:
                "echo more >>'./new\nline'; rm ./-dash; echo x >'./an\nother'; echo y >'./\"q'; echo z >>.../z"
        ),
        RepositoryShape(
            "names that are not UTF-8",
            """
            n=$(printf 'x\\377y'); echo 1 >"$n"; mkdir "$(printf '\\300d')"; echo 2 >"$(printf '\\300d')/$(printf '\\200')"; save
            """,
            work: "echo more >>\"$(printf 'x\\377y')\"; echo n >\"$(printf '\\376new')\""),
        RepositoryShape(
            "a path of 4,000 characters",
            """
            n=$(printf %0199d 1); top=$PWD; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do mkdir $n; cd $n; done
            echo deep >$(printf %0200d 2); cd "$top"; echo s >short; save
            """,
            work: """
                n=$(printf %0199d 1); for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do cd $n; done
                echo more >>$(printf %0200d 2); echo new >$(printf %0200d 3)
                """),
        RepositoryShape(
            "names that differ in case alone",
            "echo 1 >Readme; echo 2 >README; echo 3 >readme; mkdir D d; echo 4 >D/x; echo 5 >d/x; save",
            work: "echo more >>README; rm readme; echo n >d/X"),
        RepositoryShape(
            "empty folders and an empty tree object",
            """
            some; mkdir -p hollow/inner; save
            t=$( (git ls-tree HEAD; printf '040000 tree %s\\tnothing\\n' $(git mktree </dev/null)) | git mktree)
            git reset -q --hard $(git commit-tree -p HEAD -m x $t)
            """,
            work: "mkdir -p another/hollow; rm -r d"),
        RepositoryShape(
            "ignored files",
            "some; printf '*.o\\nbuild/\\n!keep.o\\n/d/e/*.log\\n' >.gitignore; echo '!x.o' >d/.gitignore; echo f >f.o; git add -f f.o; save; echo '*.bak' >.git/info/exclude",
            work:
                "echo 1 >a.o; echo 2 >d/x.o; mkdir build; echo 3 >build/x; echo 4 >keep.o; echo 5 >d/e/q.log; echo 6 >z.bak; echo 7 >>f.o"
        ),
        RepositoryShape(
            "one empty commit", "git commit -q --allow-empty -m 0", work: "echo 1 >first"),
    ]

    static let settings: [RepositoryShape] = [
        RepositoryShape(
            "a detached HEAD", "some; save; echo 2 >>a.txt; save; git checkout -q --detach HEAD~1"),
        RepositoryShape(
            "a bare repository",
            "some; save; git clone -q --bare . ../bare.git", start: "../bare.git"),
        RepositoryShape(
            "a linked worktree to start from",
            "some; save; git worktree add -q -b side ../side; cd ../side; echo side >s; save",
            start: "../side"),
        RepositoryShape(
            "a linked worktree with a relative .git",
            "some; save; git worktree add -q -b side ../side; echo 'gitdir: ../repository/.git/worktrees/side' >../side/.git",
            start: "../side"),
        RepositoryShape(
            "a folder inside the worktree to start from", "some; save", start: "d/e"),
        RepositoryShape(
            "a separate git directory",
            "some; save; git init -q --separate-git-dir ../apart.git; git status >/dev/null"),
        RepositoryShape(
            "packed refs and objects",
            "some; save; git tag -a -m t t; git branch x; git gc -q; git pack-refs --all", base: "t"
        ),
        RepositoryShape(
            "alternates",
            "some; save; git gc -q; git clone -q --shared . ../shared; cd ../shared; echo more >m; save",
            start: "../shared"),
        RepositoryShape(
            "a shallow clone",
            "some; save; echo 2 >a.txt; save; echo 3 >a.txt; save; git clone -q --depth 1 \"file://$PWD\" ../shallow",
            start: "../shallow"),
        RepositoryShape(
            "a partial clone whose blobs are not there",
            "some; save; git config uploadpack.allowFilter true; git clone -q --no-checkout --filter=blob:none \"file://$PWD\" ../partial",
            start: "../partial"),
        RepositoryShape(
            "a partial clone without trees",
            "some; save; git config uploadpack.allowFilter true; git config uploadpack.allowAnySHA1InWant true; git clone -q --no-checkout --filter=tree:0 \"file://$PWD\" ../partial",
            start: "../partial"),
        RepositoryShape(
            "a file-system monitor",
            "some; save; printf '#!/bin/sh\\nprintf \"token\\\\0/\\\\0\"\\n' >.git/monitor; chmod +x .git/monitor; git config core.fsmonitor \"$PWD/.git/monitor\"; git status >/dev/null"
        ),
        RepositoryShape(
            "an untracked cache",
            "some; save; git config core.untrackedCache true; git update-index --untracked-cache; git status >/dev/null"
        ),
        RepositoryShape(
            "a repository shared by a group", "git config core.sharedRepository group; some; save"),
        RepositoryShape(
            "a repository shared by mode",
            "git config core.sharedRepository 0660; umask 077; some; save"),
        RepositoryShape(
            "settings of a worktree alone",
            "some; printf 'x\\n' >x; save; git config extensions.worktreeConfig true; git config --worktree core.autocrlf true; git config --worktree user.name Own",
            work: "printf 'x\\r\\ny\\r\\n' >x; printf 'n\\r\\n' >n"),
        RepositoryShape(
            "a sparse cone", "some; save; git sparse-checkout set --cone d",
            work: "echo 1 >>a.txt; echo 2 >>d/e/f.txt; echo 3 >d/new"),
        RepositoryShape(
            "sparse patterns", "some; save; git sparse-checkout set --no-cone '/d/' '!/d/e/' '/b*'",
            work: "echo 1 >>b.txt; mkdir d; echo 2 >d/new"),
        RepositoryShape(
            "a sparse index",
            "some; mkdir w; echo w >w/w; save; git sparse-checkout set --cone --sparse-index d; git status >/dev/null",
            work: "echo 1 >>a.txt; echo 2 >>d/e/f.txt; echo 3 >d/new"),
        RepositoryShape(
            "a split index",
            "some; save; git config core.splitIndex true; git update-index --split-index; echo 2 >>a.txt; save"
        ),
        RepositoryShape(
            "index version 4",
            "some; save; git config index.version 4; git update-index --index-version 4"),
        RepositoryShape(
            "many files", "some; save; git config feature.manyFiles true; git status >/dev/null"),
        RepositoryShape(
            "loose comparison",
            "some; save; git config core.checkStat minimal; git config core.trustctime false"),
        RepositoryShape(
            "a file system that ignores case", "some; save; git config core.ignoreCase true"),
        RepositoryShape(
            "a promisor remote that is whole",
            "some; save; git config uploadpack.allowFilter true; git clone -q --filter=blob:none \"file://$PWD\" ../partial",
            start: "../partial"),
    ]
}
