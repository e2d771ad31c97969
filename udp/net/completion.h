// SPDX-License-Identifier: MIT
// A completion handler of any type, held until its result is known. asio 1.22 has no any_completion_handler.
// Keeps the handler's executor busy (outstanding work) meanwhile. Handlers of ordinary size (callbacks,
// coroutines, futures) are held inline, so that a pending operation costs no allocation.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/associated_executor.hpp>
#include <asio/dispatch.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>

namespace dgram {

// `Result` is what the operation yields; the handler takes (std::error_code, Project(Result)).
template <class Result>
class completion {
 public:
  completion() = default;

  template <class Handler, class Project>
  completion(Handler handler, const asio::any_io_executor& fallback, Project project) {
    using model = held<Handler, Project>;
    if constexpr (fits<model>) {
      ::new (static_cast<void*>(storage_)) model(std::move(handler), fallback, std::move(project));
      verbs_ = &inline_verbs<model>;
    } else {
      auto* made = new model(std::move(handler), fallback, std::move(project));
      ::new (static_cast<void*>(storage_)) model*(made);
      verbs_ = &heap_verbs<model>;
    }
  }

  completion(completion&& other) noexcept { take(other); }
  completion& operator=(completion&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~completion() { reset(); }

  explicit operator bool() const { return verbs_ != nullptr; }

  // Both leave this empty before the handler runs, so that the handler may begin the next operation in the
  // same place. `dispatch` runs it within the call when its executor allows; `post` never does.
  void dispatch(std::error_code error, Result result) && { finish(way::dispatch, error, std::move(result)); }
  void post(std::error_code error, Result result) && { finish(way::post, error, std::move(result)); }

 private:
  enum class way { dispatch, post };

  struct verb_table {
    void (*finish)(void* storage, way, std::error_code, Result&&);
    void (*relocate)(void* from, void* to) noexcept;
    void (*destroy)(void* storage) noexcept;
  };

  template <class Handler, class Project>
  struct held {
    using executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using busy_executor = std::decay_t<decltype(asio::prefer(std::declval<const executor&>(),
                                                             asio::execution::outstanding_work.tracked))>;

    held(Handler&& h, const asio::any_io_executor& fallback, Project&& p)
        : handler(std::move(h)),
          on(asio::prefer(asio::get_associated_executor(handler, fallback),
                          asio::execution::outstanding_work.tracked)),
          project(std::move(p)) {}

    Handler handler;
    busy_executor on;
    Project project;
  };

  static constexpr std::size_t inline_size = 128;
  template <class Model>
  static constexpr bool fits =
      sizeof(Model) <= inline_size &&
      alignof(Model) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<Model>;

  template <class Model>
  static void run(Model model, way how, std::error_code error, Result&& result) {
    auto call = [handler = std::move(model.handler), error,
                 value = model.project(std::move(result))]() mutable {
      std::move(handler)(error, std::move(value));
    };
    if (how == way::dispatch) {
      asio::dispatch(model.on, std::move(call));
    } else {
      asio::post(model.on, std::move(call));
    }
  }

  template <class Model>
  static constexpr verb_table inline_verbs{
      [](void* storage, way how, std::error_code error, Result&& result) {
        auto* model = std::launder(static_cast<Model*>(storage));
        Model moved(std::move(*model));
        model->~Model();
        run(std::move(moved), how, error, std::move(result));
      },
      [](void* from, void* to) noexcept {
        auto* model = std::launder(static_cast<Model*>(from));
        ::new (to) Model(std::move(*model));
        model->~Model();
      },
      [](void* storage) noexcept { std::launder(static_cast<Model*>(storage))->~Model(); }};

  template <class Model>
  static constexpr verb_table heap_verbs{
      [](void* storage, way how, std::error_code error, Result&& result) {
        const std::unique_ptr<Model> model(*std::launder(static_cast<Model**>(storage)));
        run(std::move(*model), how, error, std::move(result));
      },
      [](void* from, void* to) noexcept { ::new (to) Model*(*std::launder(static_cast<Model**>(from))); },
      [](void* storage) noexcept { delete *std::launder(static_cast<Model**>(storage)); }};

  void finish(way how, std::error_code error, Result&& result) {
    const verb_table* verbs = std::exchange(verbs_, nullptr);
    verbs->finish(storage_, how, error, std::move(result));
  }

  void take(completion& other) noexcept {
    verbs_ = std::exchange(other.verbs_, nullptr);
    if (verbs_) verbs_->relocate(other.storage_, storage_);
  }

  void reset() noexcept {
    if (verbs_) std::exchange(verbs_, nullptr)->destroy(storage_);
  }

  const verb_table* verbs_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[inline_size];
};

}  // namespace dgram
