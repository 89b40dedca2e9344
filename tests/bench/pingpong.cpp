/* pingpong.cpp -- the baseline on SimGrid: two actors, two semaphores, N round trips. Prints ns a round trip. */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <simgrid/s4u.hpp>

namespace sg = simgrid::s4u;

int main(int argc, char **argv) {
    sg::Engine e(&argc, argv);
    long n = argc > 1 ? std::atol(argv[1]) : 100000;
    auto *zone = sg::create_full_zone("zone");
    auto *host = zone->create_host("host", 1e9);
    zone->seal();
    auto ping = sg::Semaphore::create(0), pong = sg::Semaphore::create(0);
    sg::Actor::create("a", host, [=] { for (long i = 0; i < n; i++) { ping->release(); pong->acquire(); } });
    sg::Actor::create("b", host, [=] { for (long i = 0; i < n; i++) { ping->acquire(); pong->release(); } });
    auto begin = std::chrono::steady_clock::now();
    e.run();
    auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count();
    std::printf("%ld\n", static_cast<long>(ns / n));
}
