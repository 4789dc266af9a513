/// Lines of many languages: what is a heading in one is a line like any other in the next.
enum HeadingLines {
    static let all = #"""
        first line
        package Stack is
           procedure Push (X : in Integer);
           with Ada.Text_IO;
           function Pop return Integer is
        package body Work is new Generic_Work
        task Runner is separate
        procedure Old renames New_One;
        @article{knuth84,
          author = {Donald},
        @string ( x = "y"
        label:
          other_label:   /* jump
        public:
        int main(int argc, char **argv)
        {
        ::std::string name()
        static struct thing things[] = {
            return f(x);
        namespace a::b {
        template <class T> void f(T t)
        .rule a:hover {
          color: red;
        #id > p,
        @media screen and (max-width: 600px)
        [data-x="1"] {
        h1 { font: x }
        /dts-v1/;
        / {
        &gpio0 {
            node@1000 {
                status = "okay";
        label1: node {
        defmodule Some.Thing do
          def fun(a) do
          defp hidden, do: 1
          defmacro m(x) do
          test "it works" do
          defimpl String.Chars, for: X do
          defstruct [:a]
        C a comment of old Fortran
              PROGRAM MAIN
              MODULE PROCEDURE add
              MODULE numbers
              end module numbers
              INTEGER FUNCTION TWICE(X)
              pure recursive subroutine walk(a)
              BLOCK DATA things
        ! function in a comment x
        .EXTERIOR PLACE
        ..not forced
        INT. HOUSE - DAY
        int./ext car - night
        I/E THE BOAT
        func Plain(a int) error {
        func (r *Receiver) Method() {
        type Named struct {
        type Face interface
        type alias = int
        var x = func() {}
        <h1>Title</h1>
          <h2 class="a">Second</h2>
        <h7>none</h7>
        <header>none</header>
        public class Thing extends Other {
            private static final <T> List<T> make(String a, int b)
            void run() throws Exception {
            new Thing(x)
            catch (Exception e) {
            return make(a, b)
            public Map<String, ? extends X> map(
            @Override public int hash() {
            record Point(int x, int y) {
            abstract void none();
            int[] array(int n) {
            fun String.twice(): String = this + this
            private suspend fun wait() {
            data class Pair(val a: Int)
            val f = fun(x: Int) = x
            interface Walks
            companion object {
        # Heading one
        ## Second
           ### Indented three
            #### Code block
        ######## Too many
        #NoBlank
        %% Section
        %%% More
        %% 
        classdef Shape < handle
          function area = compute(self)
        @interface Widget : NSObject
        @implementation Widget
        @protocol Drawable
        - (void)draw:(int)depth
        + (instancetype) make
        - (id <Foo>)strange
        static void helper(int a,
            if (x) y(
            else if z(
        constructor TThing.Create;
        class procedure TThing.Go;
        procedure TThing.Do(x: Integer);
        implementation
        initialization
          TThing = class(TObject)
          TRec = record
        package Some::Module;
        sub plain {
        sub with_proto($$) {
        sub named : lvalue {
        sub declared;
        sub commented # here
        sub Foo::bar'baz
        BEGIN {
        END # x
        =head1 NAME
        =head2 More words
        =cut
        final class Service
          public static function build($a)
          function local() {
        interface Countable {
        trait Counts
        enum Suit: string
        abstract class Base
        class Python(object):
            def method(self, x):
            async def wait(self):
            async  def two(self):
            define = 1
            class_ = 2
            @property
        module Ruby
          class << self
          def self.call(x)
          end
        pub struct Point<T> {
        pub(crate) fn make() -> Self {
        fn main() {
        impl<T> From<T> for Point {
        async fn later();
        unsafe impl Send for X {}
        extern "C" fn callback(x: i32)
        pub const fn constant() -> u8 {
        macro_rules! my_macro {
        mod tests;
        mod tests {
        union U { a: u8 }
        let x = |y| y + 1;
        (define (square x)
          (define-syntax my-or
        \chapter{One}
        \section*{Two}
          \section{Indented}
        \subsubsection{Deep}
        \paragraph{None}
        \part{Three} trailing
        $variable = 1
        _underscore
        9 digits
        	tab then word
        für Umlaute
        änfang
        end

        """#

    static let bash = """
        #!/bin/bash
        x=1
        function named {
          y=2
          function indented {
            z=3
        function both() {
          echo
        not a function
          done
        function-like thing
          end
        last

        """

    static let java = """
        package a.b;
        import c.D;
        public class Thing extends Other {
            private static final <T> List<T> make(String a, int b) {
                new Thing(x);
            }
            void run() throws Exception {
                catch (Exception e) {
                return make(a, b);
            }
            public Map<String, ? extends X> map(
                    int a);
            @Override public int hash() {
            abstract void none();
            int[] array(int n) {
                while (x) {
            interface Inner extends Outer {
                enum Kind {
                    A(1);
            }
        }

        """

    static let csharp = """
        using System;
        namespace Some.Where
        {
            public static class Tool
            {
                private readonly int field;
                public async Task<int> Run(string a, List<int> b)
                {
                    var x = Call(a);
                    return x;
                }
                foreach (var y in z)
                internal sealed class Nested : Base
                interface IThing
                static void Main(string[] args)
                {
                    if (a) b();
                    while (true)
                }
                enum Colour
                struct Pair
            }
        }

        """

    static let scheme = """
        ; comment
          (define (indented x)
            (+ x 1))
            (library (a b)
            ((deeply
            (module m
            (define-syntax s
            (let ((x 1))
            (defmethod m
            (struct point
          x

        """
}
