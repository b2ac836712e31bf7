package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/golang/protobuf/ptypes"
	"google.golang.org/api/iterator"
	pb "google.golang.org/genproto/googleapis/longrunning"
	rpc "google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	library "example/library/v1"
)

func equal(found, expected interface{}) error {
	if !reflect.DeepEqual(found, expected) {
		return fmt.Errorf("%v is not %v", found, expected)
	}
	return nil
}

func hasCode(err error, code codes.Code) error {
	if err == nil {
		return fmt.Errorf("it succeeded, and not with %v", code)
	}
	if status.Code(err) != code {
		return fmt.Errorf("%v is not %v", err, code)
	}
	return nil
}

// many is the same book, so often that the import takes a while.
func many(count int) []string {
	return strings.Split(strings.Repeat("emma ", count-1)+"emma", " ")
}

func start(c client, shelf string) error {
	operation, err := c.importBooks(shelf, "emma", "persuasion")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(operation.Name(), shelf+"/operations/") {
		return errors.New(operation.Name())
	}
	if operation.Done() {
		return errors.New("it is done at once")
	}
	var progress library.ImportBooksMetadata
	if err := operation.Metadata(&progress); err != nil {
		return err
	}
	return equal(progress.Total, uint32(2))
}

func refuse(c client, shelf string) error {
	_, err := c.importBooks(strings.Replace(shelf, "shelves/", "rooms/", 1), "emma")
	if err := hasCode(err, codes.InvalidArgument); err != nil {
		return err
	}
	if !strings.Contains(err.Error(), "parent") {
		return err
	}
	return nil
}

func metadata(c client, shelf string) error {
	operation, err := c.importBooks(shelf, many(8)...)
	if err != nil {
		return err
	}
	for !operation.Done() {
		if err := operation.Poll(c.ctx, nil); err != nil {
			return err
		}
		var progress library.ImportBooksMetadata
		if err := operation.Metadata(&progress); err != nil {
			return err
		}
		if 0 < progress.Done && progress.Done < progress.Total {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("it is done, and no progress was seen")
}

func result(c client, shelf string) error {
	operation, err := c.importBooks(shelf, "moby-dick", "emma")
	if err != nil {
		return err
	}
	var response library.ImportBooksResponse
	if err := operation.WaitWithInterval(c.ctx, &response, time.Second); err != nil {
		return err
	}
	var found []string
	for _, book := range response.Books {
		found = append(found, book.Name+": "+book.Title)
	}
	return equal(found, []string{shelf + "/books/moby-dick: moby dick", shelf + "/books/emma: emma"})
}

func failure(c client, shelf string) error {
	operation, err := c.importBooks(shelf, "lost")
	if err != nil {
		return err
	}
	err = c.end(operation)
	if err := hasCode(err, codes.NotFound); err != nil {
		return err
	}
	if err := equal(status.Convert(err).Message(), "there is no book at books://lost"); err != nil {
		return err
	}
	// This client leaves the details to who asks for them.
	raw, err := c.operations.GetOperation(c.ctx, &pb.GetOperationRequest{Name: operation.Name()})
	if err != nil {
		return err
	}
	details := raw.GetError().GetDetails()
	if len(details) != 2 {
		return fmt.Errorf("%d details", len(details))
	}
	var info rpc.ErrorInfo
	var resource rpc.ResourceInfo
	if err := ptypes.UnmarshalAny(details[0], &info); err != nil {
		return err
	}
	if err := ptypes.UnmarshalAny(details[1], &resource); err != nil {
		return err
	}
	if err := equal(info.Reason+" "+info.Metadata["uri"], "BOOK_LOST books://lost"); err != nil {
		return err
	}
	return equal(resource.ResourceName, "books://lost")
}

func cancel(c client, shelf string) error {
	operation, err := c.importBooks(shelf, many(30)...)
	if err != nil {
		return err
	}
	if err := operation.Cancel(c.ctx); err != nil {
		return err
	}
	return hasCode(c.end(operation), codes.Canceled)
}

func remove(c client, shelf string) error {
	operation, err := c.importBooks(shelf, "emma")
	if err != nil {
		return err
	}
	if err := c.end(operation); err != nil {
		return err
	}
	if err := operation.Delete(c.ctx); err != nil {
		return err
	}
	_, err = c.operations.GetOperation(c.ctx, &pb.GetOperationRequest{Name: operation.Name()})
	return hasCode(err, codes.NotFound)
}

// three has the names of three operations that are done, the newest first; the second has failed.
func three(c client, shelf string) ([]string, error) {
	var names []string
	for _, book := range []string{"emma", "lost", "persuasion"} {
		operation, err := c.importBooks(shelf, book)
		if err != nil {
			return nil, err
		}
		if err := c.end(operation); err != nil && status.Code(err) != codes.NotFound {
			return nil, err
		}
		names = append([]string{operation.Name()}, names...)
	}
	return names, nil
}

// all reads a list to its end; the lengths of its pages come with it.
func all(c client, request *pb.ListOperationsRequest) (names []string, pages []int, err error) {
	listed := c.operations.ListOperations(c.ctx, request)
	for {
		if listed.PageInfo().Remaining() == 0 {
			pages = append(pages, 0)
		}
		operation, err := listed.Next()
		if err == iterator.Done {
			return names, pages, nil
		}
		if err != nil {
			return nil, nil, err
		}
		names = append(names, operation.Name)
		pages[len(pages)-1]++
	}
}

func list(c client, shelf string) error {
	expected, err := three(c, shelf)
	if err != nil {
		return err
	}
	names, pages, err := all(c, &pb.ListOperationsRequest{Name: shelf, PageSize: 2})
	if err != nil {
		return err
	}
	if err := equal(names, expected); err != nil {
		return err
	}
	// The look that found no more comes last.
	return equal(pages, []int{2, 1, 0})
}

func filter(c client, shelf string) error {
	expected, err := three(c, shelf)
	if err != nil {
		return err
	}
	names, _, err := all(c, &pb.ListOperationsRequest{Name: shelf, Filter: "done = true AND error.code = 5"})
	if err != nil {
		return err
	}
	if err := equal(names, expected[1:2]); err != nil {
		return err
	}
	_, _, err = all(c, &pb.ListOperationsRequest{Name: shelf, Filter: "done ="})
	return hasCode(err, codes.InvalidArgument)
}

func wait(c client, shelf string) error {
	operation, err := c.importBooks(shelf, "emma", "persuasion", "emma")
	if err != nil {
		return err
	}
	ask := func(timeout time.Duration) (*pb.Operation, error) {
		request := &pb.WaitOperationRequest{Name: operation.Name(), Timeout: ptypes.DurationProto(timeout)}
		return c.operations.WaitOperation(c.ctx, request)
	}
	answer, err := ask(time.Millisecond)
	if err != nil {
		return err
	}
	if answer.Done {
		return errors.New("it is done after a millisecond")
	}
	begin := time.Now()
	answer, err = ask(20 * time.Second)
	if err != nil {
		return err
	}
	if !answer.Done {
		return errors.New("it is not done")
	}
	if time.Since(begin) < 100*time.Millisecond {
		return errors.New("it was done at once")
	}
	return nil
}
